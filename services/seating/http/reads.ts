import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
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
import { sendPrebuilt } from '../../../platform/http/prebuilt.ts';
import { seatOf } from '../domain/layout.ts';
import type { EventFeed } from '../reads/event-feed.ts';
import type { SeatMaps } from '../reads/seat-maps.ts';
import type { SeatViews } from '../reads/views.ts';

const FOR_GOOD = 'max-age=31536000, immutable';

export function readRoutes(app: FastifyInstance, views: SeatViews, maps: SeatMaps): void {
  const routes = app.withTypeProvider<TypeBoxTypeProvider>();

  routes.get(
    '/v1/seats/availability',
    {
      schema: { tags: ['seating'], summary: 'How much is left', querystring: AvailabilityQuery, response: { 200: Availability } },
    },
    (request, reply) => {
      const { eventId, section } = request.query;
      withFeed(request, reply, { views, eventId }, (feed) => {
        if (section === undefined) return sendPrebuilt(request, reply, feed.availability);
        return reply.send(ofSection(feed, section));
      });
    },
  );

  routes.get(
    '/v1/seats/status',
    { schema: { tags: ['seating'], summary: 'One letter a seat', querystring: EventQuery, response: { 200: SeatStatuses } } },
    (request, reply) =>
      withFeed(request, reply, { views, eventId: request.query.eventId }, (feed) => sendPrebuilt(request, reply, feed.status)),
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
      if (layoutVersion === undefined) return sendPrebuilt(request, reply, map);
      // No cache between us and its organizer may show a draft to others.
      const scope = feed.view().sale.rules.status === 'DRAFT' ? 'private' : 'public';
      return sendPrebuilt(request, reply, map, `${scope}, ${FOR_GOOD}`);
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

function ofSection(feed: EventFeed, section: string): Availability {
  const availability = feed.view().availability();
  const seatsBySection = availability.seatsBySection.filter((one) => one.section === section);
  if (seatsBySection.length === 0) throw new ApiError('SECTION_NOT_FOUND', `The event has no section "${section}".`, { section });
  return { ...availability, seatsBySection };
}

/** Answers at once where the event is in memory, as nearly always: a promise would cost as much as the rest of such an answer. */
function withFeed(
  request: FastifyRequest,
  reply: FastifyReply,
  find: { views: SeatViews; eventId: string },
  answer: (feed: EventFeed) => FastifyReply,
): void {
  const loaded = find.views.loaded(find.eventId);
  if (loaded !== null) answer(seenBy(request, loaded));
  else
    visibleFeed(request, find.views, find.eventId)
      .then(answer)
      .catch((error: unknown) => reply.send(error));
}

/** The feed of an event that this caller may see: a draft is its organizer's alone. */
export async function visibleFeed(request: FastifyRequest, views: SeatViews, eventId: string): Promise<EventFeed> {
  return seenBy(request, isId('event', eventId) ? await views.get(eventId) : null);
}

function seenBy(request: FastifyRequest, feed: EventFeed | null): EventFeed {
  const rules = feed?.view().sale.rules;
  const user = request.identity?.kind === 'user' ? request.identity : null;
  const hidden = rules?.status === 'DRAFT' && user?.userId !== rules.organizerId && user?.roles.includes('admin') !== true;
  // Its owner would look for the fault in the wrong place. Nobody else learns from it that there is a draft.
  if ((!feed || hidden) && request.refusal !== null) requireUser(request);
  if (!feed || hidden) throw new ApiError('EVENT_NOT_FOUND', 'There is no such event, or it has no seats yet.');
  return feed;
}
