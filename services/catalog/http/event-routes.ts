import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import {
  CreateEventBody,
  EventAnswer,
  EventList,
  EventSearchAnswer,
  PageQuery,
  SearchEventsQuery,
  UpdateEventBody,
  type EventSort,
} from '../../../contracts/http/catalog.ts';
import { isId } from '../../../contracts/ids.ts';
import { onlyFor } from '../../../platform/http/access.ts';
import { requireRole } from '../../../platform/http/request.ts';
import { validationFailed } from '../../../platform/http/validation.ts';
import { readTime, type Fault } from '../domain/fault.ts';
import type { Events } from '../events.ts';
import type { EventPlace } from '../store/event-place.ts';
import { toEventAnswer } from './answers.ts';
import { decodeEventPlace, encodeEventPlace } from './cursor.ts';
import { markPublic } from './public-answers.ts';
import { eventNotFound, eventRefusal } from './refusal.ts';
import { DEFAULT_PAGE_SIZE } from './venue-routes.ts';
import { editorOf, viewerOf } from './viewer.ts';

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
    async (request, reply) => {
      const { limit = DEFAULT_PAGE_SIZE } = request.query;
      const viewer = viewerOf(request);
      const { items, next } = await events.page({ viewer }, placeOf(request.query), limit);
      if (viewer === null) markPublic(reply);
      return { items: items.map(toEventAnswer), nextCursor: next === null ? null : encodeEventPlace(next, undefined) };
    },
  );

  app.get(
    '/v1/events/search',
    { schema: { tags, summary: 'Search events', querystring: SearchEventsQuery, response: { 200: EventSearchAnswer } } },
    async (request, reply) => {
      const { cursor: _cursor, limit = DEFAULT_PAGE_SIZE, ...filtersApplied } = request.query;
      const { from, to, ...filters } = filtersApplied;
      const viewer = viewerOf(request);
      const filter = { ...filters, ...readSpan({ from, to }), viewer };
      const [{ items, next }, totalCount] = await Promise.all([
        events.page(filter, placeOf(request.query), limit),
        events.count(filter),
      ]);
      if (viewer === null) markPublic(reply);
      return {
        items: items.map(toEventAnswer),
        nextCursor: next === null ? null : encodeEventPlace(next, filters.sort),
        totalCount,
        filtersApplied,
      };
    },
  );

  app.get(
    '/v1/events/:eventId',
    { schema: { tags, summary: 'Read an event', params: Params, response: { 200: EventAnswer } } },
    async (request, reply) => {
      const { eventId } = request.params;
      const event = isId('event', eventId) ? await events.find(eventId, viewerOf(request)) : null;
      if (event === null) throw eventNotFound();
      if (event.status !== 'DRAFT') markPublic(reply);
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
      const editor = editorOf(request);
      const { eventId } = request.params;
      if (!isId('event', eventId)) throw eventNotFound();
      const change = await events.change(eventId, request.body, editor, request.traceparent);
      if (!change.ok) throw eventRefusal(change);
      return toEventAnswer(change.event);
    },
  );

  app.delete(
    '/v1/events/:eventId',
    {
      schema: {
        tags,
        summary: 'Delete an event that has no orders',
        security: onlyFor('organizer', 'admin'),
        params: Params,
        response: { 204: Type.Null() },
      },
    },
    async (request, reply) => {
      const editor = editorOf(request);
      const { eventId } = request.params;
      if (!isId('event', eventId)) throw eventNotFound();
      const removal = await events.remove(eventId, editor, request.traceparent);
      if (!removal.ok) throw eventRefusal(removal);
      return reply.code(204).send(null);
    },
  );
}

function readSpan(sent: { from: string | undefined; to: string | undefined }): { from?: Date; to?: Date } {
  const faults: Fault[] = [];
  const from = sent.from === undefined ? null : readTime(sent.from, 'query.from', faults);
  const to = sent.to === undefined ? null : readTime(sent.to, 'query.to', faults);
  if (from !== null && to !== null && to <= from) faults.push({ path: 'query.to', message: 'must be after from' });
  if (faults.length > 0) throw validationFailed(faults);
  return { ...(from === null ? {} : { from }), ...(to === null ? {} : { to }) };
}

function placeOf({ cursor, sort }: { cursor?: string; sort?: EventSort }): EventPlace | null {
  return cursor === undefined ? null : decodeEventPlace(cursor, sort);
}
