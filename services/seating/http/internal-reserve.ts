import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { FastifyInstance } from 'fastify';
import { InternalReserveBody, Reservation } from '../../../contracts/http/seating.ts';
import { requireService } from '../../../platform/http/request.ts';
import { replay } from '../../../platform/idempotency/answer.ts';
import { payloadHash } from '../../../platform/idempotency/idempotency-key.ts';
import type { SeatViews } from '../reads/views.ts';
import type { Seats } from '../writes/seats.ts';
import { reservationOf, toReservation, toStoredReservation } from './answers.ts';
import { toReserve } from './reserve.ts';

const SCOPE = 'POST /internal/reservations';

/** Holds for a user by another service, which chose the reservation's id: however often it asks, there is one hold. */
export function internalReserveRoute(app: FastifyInstance, seats: Seats, views: SeatViews): void {
  app
    .withTypeProvider<TypeBoxTypeProvider>()
    .post(
      '/internal/reservations',
      { schema: { body: InternalReserveBody, response: { 201: Reservation } } },
      async (request, reply) => {
        requireService(request);
        const { userId, reservationId } = request.body;
        const command = await toReserve(request.body, { userId, reservationId }, views);
        const key = { scope: SCOPE, key: reservationId, requestHash: payloadHash(request.body) };
        const idempotency = { key, toStored: toStoredReservation };
        const answer = await seats.submit({ command, traceparent: request.traceparent, idempotency });
        if (answer.kind === 'replay') return replay(reply, answer.answer);
        return reply.code(201).send(toReservation(reservationOf(answer)));
      },
    );
}
