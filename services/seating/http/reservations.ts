import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { FastifyInstance } from 'fastify';
import { isId } from '../../../contracts/ids.ts';
import { ReleaseBody, Reservation } from '../../../contracts/http/seating.ts';
import { SIGNED_IN } from '../../../platform/http/access.ts';
import { ApiError } from '../../../platform/http/api-error.ts';
import { requireUser } from '../../../platform/http/request.ts';
import type { Database } from '../../../platform/postgres/database.ts';
import { Type } from 'typebox';
import { readReservations } from '../store/reservations.ts';
import type { Seats } from '../writes/seats.ts';
import { reservationOf, toReservation } from './answers.ts';

const Params = Type.Object({ reservationId: Type.String() });

export function reservationRoutes(app: FastifyInstance, seats: Seats, database: Database): void {
  const routes = app.withTypeProvider<TypeBoxTypeProvider>();

  routes.get(
    '/v1/seats/reservation/:reservationId',
    {
      schema: {
        tags: ['seating'],
        summary: 'Read a reservation',
        security: SIGNED_IN,
        params: Params,
        response: { 200: Reservation },
      },
    },
    async (request) => {
      const user = requireUser(request);
      const { reservationId } = request.params;
      const [found] = isId('reservation', reservationId) ? await readReservations(database, [reservationId]) : [];
      const mine = found?.userId === user.userId || user.roles.includes('admin');
      if (!found || !mine) throw notFound();
      return toReservation(found);
    },
  );

  const release = async (reservationId: string, userId: string, traceparent: string): Promise<Reservation> => {
    const eventId = isId('reservation', reservationId) ? (await seats.eventsOf([reservationId])).get(reservationId) : undefined;
    if (eventId === undefined) throw notFound();
    const answer = await seats.submit({
      command: { type: 'release', eventId, reservationId, by: userId, reason: 'CANCELLED' },
      traceparent,
      idempotency: null,
    });
    return toReservation(reservationOf(answer));
  };

  routes.delete(
    '/v1/seats/reservation/:reservationId',
    {
      schema: {
        tags: ['seating'],
        summary: 'Give a hold back',
        security: SIGNED_IN,
        params: Params,
        response: { 200: Reservation },
      },
    },
    async (request) => release(request.params.reservationId, requireUser(request).userId, request.traceparent),
  );

  routes.post(
    '/v1/seats/release',
    {
      schema: {
        tags: ['seating'],
        summary: 'Give a hold back',
        security: SIGNED_IN,
        body: ReleaseBody,
        response: { 200: Reservation },
      },
    },
    async (request) => release(request.body.reservationId, requireUser(request).userId, request.traceparent),
  );
}

function notFound(): ApiError {
  return new ApiError('RESERVATION_NOT_FOUND', 'You have no such reservation.');
}
