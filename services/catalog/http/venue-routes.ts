import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import { CreateVenueBody, PageQuery, Venue, VenueList } from '../../../contracts/http/catalog.ts';
import { isId } from '../../../contracts/ids.ts';
import { onlyFor } from '../../../platform/http/access.ts';
import { ApiError } from '../../../platform/http/api-error.ts';
import { requireRole } from '../../../platform/http/request.ts';
import { validationFailed } from '../../../platform/http/validation.ts';
import type { Venues } from '../venues.ts';
import { toVenue } from './answers.ts';
import { decodeVenuePlace, encodeVenuePlace } from './cursor.ts';

export const DEFAULT_PAGE_SIZE = 20;
const Params = Type.Object({ venueId: Type.String() });

export function venueRoutes(instance: FastifyInstance, venues: Venues): void {
  const app = instance.withTypeProvider<TypeBoxTypeProvider>();

  app.get(
    '/v1/venues',
    { schema: { tags: ['catalog'], summary: 'List venues by name', querystring: PageQuery, response: { 200: VenueList } } },
    async (request) => {
      const { cursor, limit = DEFAULT_PAGE_SIZE } = request.query;
      const { items, next } = await venues.page(cursor === undefined ? null : decodeVenuePlace(cursor), limit);
      return { items: items.map(toVenue), nextCursor: next === null ? null : encodeVenuePlace(next) };
    },
  );

  app.get(
    '/v1/venues/:venueId',
    { schema: { tags: ['catalog'], summary: 'Read a venue', params: Params, response: { 200: Venue } } },
    async (request) => {
      const { venueId } = request.params;
      const venue = isId('venue', venueId) ? await venues.find(venueId) : null;
      if (venue === null) throw venueNotFound();
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
}

export function venueNotFound(): ApiError {
  return new ApiError('VENUE_NOT_FOUND', 'There is no venue with this id. GET /v1/venues lists those there are.');
}
