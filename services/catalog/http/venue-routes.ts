import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import { CreateVenueBody, PageQuery, UpdateVenueBody, Venue, VenueList } from '../../../contracts/http/catalog.ts';
import { isId } from '../../../contracts/ids.ts';
import { onlyFor } from '../../../platform/http/access.ts';
import { ApiError } from '../../../platform/http/api-error.ts';
import { requireRole } from '../../../platform/http/request.ts';
import { validationFailed } from '../../../platform/http/validation.ts';
import type { VenueChange, VenueRemoval, Venues } from '../venues.ts';
import { toVenue } from './answers.ts';
import { decodeVenuePlace, encodeVenuePlace } from './cursor.ts';
import { markPublic } from './public-answers.ts';
import { editorOf } from './viewer.ts';

export const DEFAULT_PAGE_SIZE = 20;
const Params = Type.Object({ venueId: Type.String() });

export function venueRoutes(instance: FastifyInstance, venues: Venues): void {
  const app = instance.withTypeProvider<TypeBoxTypeProvider>();

  app.get(
    '/v1/venues',
    { schema: { tags: ['catalog'], summary: 'List venues by name', querystring: PageQuery, response: { 200: VenueList } } },
    async (request, reply) => {
      const { cursor, limit = DEFAULT_PAGE_SIZE } = request.query;
      const { items, next } = await venues.page(cursor === undefined ? null : decodeVenuePlace(cursor), limit);
      markPublic(reply);
      return { items: items.map(toVenue), nextCursor: next === null ? null : encodeVenuePlace(next) };
    },
  );

  app.get(
    '/v1/venues/:venueId',
    { schema: { tags: ['catalog'], summary: 'Read a venue', params: Params, response: { 200: Venue } } },
    async (request, reply) => {
      const { venueId } = request.params;
      const venue = isId('venue', venueId) ? await venues.find(venueId) : null;
      if (venue === null) throw venueNotFound();
      markPublic(reply);
      return toVenue(venue);
    },
  );

  app.post(
    '/v1/venues',
    {
      schema: {
        tags: ['catalog'],
        summary: 'Make a venue',
        security: onlyFor('organizer', 'admin'),
        body: CreateVenueBody,
        response: { 201: Venue },
      },
    },
    async (request, reply) => {
      const { userId } = requireRole(request, 'organizer', 'admin');
      const creation = await venues.create(request.body, userId, request.traceparent);
      if (!creation.ok) throw validationFailed(creation.faults);
      const { venue } = creation;
      return reply.code(201).header('location', `/v1/venues/${venue.venueId}`).send(toVenue(venue));
    },
  );

  app.put(
    '/v1/venues/:venueId',
    {
      schema: {
        tags: ['catalog'],
        summary: 'Change a venue',
        security: onlyFor('organizer', 'admin'),
        params: Params,
        body: UpdateVenueBody,
        response: { 200: Venue },
      },
    },
    async (request) => {
      const editor = editorOf(request);
      const { venueId } = request.params;
      if (!isId('venue', venueId)) throw venueNotFound();
      const change = await venues.change(venueId, request.body, editor, request.traceparent);
      if (!change.ok) throw venueRefusal(change);
      return toVenue(change.venue);
    },
  );

  app.delete(
    '/v1/venues/:venueId',
    {
      schema: {
        tags: ['catalog'],
        summary: 'Delete a venue that has no events',
        security: onlyFor('organizer', 'admin'),
        params: Params,
        response: { 204: Type.Null() },
      },
    },
    async (request, reply) => {
      const editor = editorOf(request);
      const { venueId } = request.params;
      if (!isId('venue', venueId)) throw venueNotFound();
      const removal = await venues.remove(venueId, editor);
      if (!removal.ok) throw venueRefusal(removal);
      return reply.code(204).send(null);
    },
  );
}

function venueRefusal(refusal: (VenueChange | VenueRemoval) & { ok: false }): ApiError {
  switch (refusal.code) {
    case 'VALIDATION_FAILED':
      return validationFailed(refusal.faults);
    case 'VENUE_NOT_FOUND':
      return venueNotFound();
    case 'FORBIDDEN':
      return new ApiError('FORBIDDEN', 'Another organizer runs this venue; only they and admins may change it.');
    case 'VENUE_IN_USE':
      return new ApiError('VENUE_IN_USE', 'Events take place at this venue. Delete them first, or move them to another venue.');
  }
}

export function venueNotFound(): ApiError {
  return new ApiError('VENUE_NOT_FOUND', 'There is no venue with this id. GET /v1/venues lists those there are.');
}
