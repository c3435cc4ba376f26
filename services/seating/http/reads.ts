import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { isId } from '../../../contracts/ids.ts';
import {
  Availability,
  AvailabilityQuery,
  EventQuery,
  MapQuery,
  SeatAnswer,
  SeatMap,
  SeatStatuses,
} from '../../../contracts/http/seating.ts';
import { ApiError } from '../../../platform/http/api-error.ts';
import { requireUser } from '../../../platform/http/request.ts';
import { prebuilt, sendPrebuilt } from '../../../platform/http/prebuilt.ts';
import { seatOf } from '../domain/layout.ts';
import type { EventFeed } from '../reads/event-feed.ts';
import type { SeatMaps } from '../reads/seat-maps.ts';
import type { SeatViews } from '../reads/views.ts';

const IMMUTABLE = 'public, max-age=31536000, immutable';

export function readRoutes(app: FastifyInstance, views: SeatViews, maps: SeatMaps): void {
  const routes = app.withTypeProvider<TypeBoxTypeProvider>();

  routes.get(
    '/v1/seats/availability',
    {
      schema: { tags: ['seating'], summary: 'How much is left', querystring: AvailabilityQuery, response: { 200: Availability } },
    },
    async (request, reply) => {
      const { eventId, section } = request.query;
      const feed = await visibleFeed(request, views, eventId);
      if (section === undefined) {
        const etag = `"a${feed.view().sale.layoutVersion}-${feed.view().version()}"`;
        return sendPrebuilt(request, reply, prebuilt({ body: feed.availabilityBytes(), etag }));
      }
      const availability = feed.view().availability();
      const seatsBySection = availability.seatsBySection.filter((one) => one.section === section);
      if (seatsBySection.length === 0)
        throw new ApiError('SECTION_NOT_FOUND', `The event has no section "${section}".`, { section });
      return { ...availability, seatsBySection };
    },
  );

  routes.get(
    '/v1/seats/status',
    { schema: { tags: ['seating'], summary: 'One letter a seat', querystring: EventQuery, response: { 200: SeatStatuses } } },
    async (request, reply) => {
      const feed = await visibleFeed(request, views, request.query.eventId);
      const etag = `"s${feed.view().sale.layoutVersion}-${feed.view().version()}"`;
      return sendPrebuilt(request, reply, prebuilt({ body: feed.statusBytes(), etag }));
    },
  );

  routes.get(
    '/v1/seats/map',
    { schema: { tags: ['seating'], summary: 'Where the seats are', querystring: MapQuery, response: { 200: SeatMap } } },
    async (request, reply) => {
      const { eventId, layoutVersion } = request.query;
      const feed = await visibleFeed(request, views, eventId);
      const map = maps.of(feed.view());
      if (layoutVersion !== undefined && layoutVersion !== feed.view().sale.layoutVersion)
        throw new ApiError('NOT_FOUND', 'The event has another layout by now. Ask without layoutVersion.');
      const cacheControl = layoutVersion === undefined ? map.cacheControl : IMMUTABLE;
      return sendPrebuilt(request, reply, { ...map, cacheControl });
    },
  );

  routes.get(
    '/v1/seats/:eventId/:seatId',
    {
      schema: {
        tags: ['seating'],
        summary: 'One seat',
        params: Type.Object({ eventId: Type.String(), seatId: Type.String() }),
        response: { 200: SeatAnswer },
      },
    },
    async (request) => {
      const { eventId, seatId } = request.params;
      const { layout, statusOf } = (await visibleFeed(request, views, eventId)).view();
      const id = /^[1-9]\d{0,5}$/.test(seatId) ? Number(seatId) : 0;
      const seat = seatOf(layout, id);
      const letter = statusOf(id);
      if (!seat || !letter) throw new ApiError('SEAT_NOT_FOUND', `The event has no seat ${seatId.slice(0, 20)}.`);
      return { eventId, ...seat, status: STATUS_NAMES[letter] };
    },
  );
}

const STATUS_NAMES = { A: 'AVAILABLE', R: 'RESERVED', L: 'ALLOCATED', B: 'BLOCKED' };

/** The feed of an event that this caller may see: a draft is its organizer's alone. */
export async function visibleFeed(request: FastifyRequest, views: SeatViews, eventId: string): Promise<EventFeed> {
  const feed = isId('event', eventId) ? await views.get(eventId) : null;
  const rules = feed?.view().sale.rules;
  const user = request.identity?.kind === 'user' ? request.identity : null;
  const hidden = rules?.status === 'DRAFT' && user?.userId !== rules.organizerId && user?.roles.includes('admin') !== true;
  // Its owner would look for the fault in the wrong place. Nobody else learns from it that there is a draft.
  if ((!feed || hidden) && request.refusal !== null) requireUser(request);
  if (!feed || hidden) throw new ApiError('EVENT_NOT_FOUND', 'There is no such event, or it has no seats yet.');
  return feed;
}
