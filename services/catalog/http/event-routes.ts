import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import {
  CreateEventBody,
  EventAnswer,
  EventList,
  EventSearchAnswer,
  PageQuery,
  SearchEventsQuery,
  UpdateEventBody,
} from '../../../contracts/http/catalog.ts';
import { isId } from '../../../contracts/ids.ts';
import { onlyFor } from '../../../platform/http/access.ts';
import { ApiError } from '../../../platform/http/api-error.ts';
import { requireRole } from '../../../platform/http/request.ts';
import type { Viewer } from '../domain/access.ts';
import type { Events } from '../events.ts';
import { toEventAnswer } from './answers.ts';
import { decodeEventPlace, encodeEventPlace } from './cursor.ts';
import { eventNotFound, eventRefusal } from './refusal.ts';
import { DEFAULT_PAGE_SIZE } from './venue-routes.ts';

const Params = Type.Object({ eventId: Type.String() });
const tags = ['catalog'];

export function eventRoutes(instance: FastifyInstance, events: Events): void {
  const app = instance.withTypeProvider<TypeBoxTypeProvider>();

  app.get(
    '/v1/events',
    {
      schema: {
        tags,
        summary: 'List events: coming ones by date, then past ones',
        querystring: PageQuery,
        response: { 200: EventList },
      },
    },
    async (request) => {
      const { cursor, limit = DEFAULT_PAGE_SIZE } = request.query;
      const { items, next } = await events.page({ viewer: viewerOf(request) }, placeOf(cursor), limit);
      return { items: items.map(toEventAnswer), nextCursor: next === null ? null : encodeEventPlace(next) };
    },
  );

  app.get(
    '/v1/events/search',
    { schema: { tags, summary: 'Search events', querystring: SearchEventsQuery, response: { 200: EventSearchAnswer } } },
    async (request) => {
      const { cursor, limit = DEFAULT_PAGE_SIZE, ...filtersApplied } = request.query;
      const filter = { ...filtersApplied, viewer: viewerOf(request) };
      const [{ items, next }, totalCount] = await Promise.all([
        events.page(filter, placeOf(cursor), limit),
        events.count(filter),
      ]);
      return {
        items: items.map(toEventAnswer),
        nextCursor: next === null ? null : encodeEventPlace(next),
        totalCount,
        filtersApplied,
      };
    },
  );

  app.get(
    '/v1/events/:eventId',
    { schema: { tags, summary: 'Read an event', params: Params, response: { 200: EventAnswer } } },
    async (request) => {
      const { eventId } = request.params;
      const event = isId('event', eventId) ? await events.find(eventId, viewerOf(request)) : null;
      if (event === null) throw eventNotFound();
      return toEventAnswer(event);
    },
  );

  app.post(
    '/v1/events',
    {
      schema: {
        tags,
        summary: 'Make an event',
        security: onlyFor('organizer', 'admin'),
        body: CreateEventBody,
        response: { 201: EventAnswer },
      },
    },
    async (request, reply) => {
      const { userId } = requireRole(request, 'organizer', 'admin');
      const creation = await events.create(request.body, userId, request.traceparent);
      if (!creation.ok) throw eventRefusal(creation);
      const { event } = creation;
      return reply.code(201).header('location', `/v1/events/${event.eventId}`).send(toEventAnswer(event));
    },
  );

  app.put(
    '/v1/events/:eventId',
    {
      schema: {
        tags,
        summary: 'Change or cancel an event',
        security: onlyFor('organizer', 'admin'),
        params: Params,
        body: UpdateEventBody,
        response: { 200: EventAnswer },
      },
    },
    async (request) => {
      const { userId, roles } = requireRole(request, 'organizer', 'admin');
      const { eventId } = request.params;
      if (!isId('event', eventId)) throw eventNotFound();
      const change = await events.change(
        eventId,
        request.body,
        { userId, isAdmin: roles.includes('admin') },
        request.traceparent,
      );
      if (!change.ok) throw eventRefusal(change);
      return toEventAnswer(change.event);
    },
  );
}

/** Nobody in particular when no token came. A token that does not count is refused: its owner may miss drafts otherwise and wonder. */
function viewerOf(request: FastifyRequest): Viewer | null {
  const { identity, refusal } = request;
  if (refusal !== null) {
    throw new ApiError(refusal, 'The access token does not count here. Sign in again, or send none to see what everybody sees.');
  }
  return identity?.kind === 'user' ? { userId: identity.userId, isAdmin: identity.roles.includes('admin') } : null;
}

function placeOf(cursor: string | undefined) {
  return cursor === undefined ? null : decodeEventPlace(cursor);
}
