import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import {
  AllocationsAnswer,
  AllocationsBody,
  type AllocationOutcome,
  ClosePaymentWindowBody,
  DeallocateBody,
  InternalReleaseBody,
  PaymentWindowAnswer,
  PaymentWindowBody,
  Reservation,
} from '../../../contracts/http/seating.ts';
import { isId } from '../../../contracts/ids.ts';
import { ApiError } from '../../../platform/http/api-error.ts';
import type { Database } from '../../../platform/postgres/database.ts';
import { createLookup } from '../../../platform/postgres/lookup.ts';
import type { Command } from '../domain/decide.ts';
import type { ReservationState } from '../domain/sale.ts';
import { readReservations } from '../store/reservations.ts';
import type { Seats } from '../writes/seats.ts';
import { decided, reservationOf, toReservation } from './answers.ts';

const Params = Type.Object({ reservationId: Type.String() });

type OfReservation = Extract<Command, { reservationId: string; type: 'release' | 'open-window' | 'close-window' | 'deallocate' }>;
type WithoutEvent<C> = C extends Command ? Omit<C, 'eventId'> : never;

/** What other services ask of seats. */
export function internalRoutes(app: FastifyInstance, seats: Seats, database: Database): void {
  const routes = app.withTypeProvider<TypeBoxTypeProvider>();
  const eventOf = createLookup('seating.events-of-reservations', seats.eventsOf);
  const find = createLookup('seating.reservations', async (reservationIds) => {
    const found = await readReservations(database, reservationIds);
    return new Map(found.map((reservation) => [reservation.reservationId, reservation]));
  });

  routes.get(
    '/internal/reservations/:reservationId',
    { schema: { params: Params, response: { 200: Reservation } } },
    async (request) => {
      const { reservationId } = request.params;
      const found = isId('reservation', reservationId) ? await find(reservationId) : undefined;
      if (!found) throw notFound();
      return toReservation(found);
    },
  );

  routes.post(
    '/internal/reservations/:reservationId/payment-window',
    { schema: { params: Params, body: PaymentWindowBody, response: { 200: PaymentWindowAnswer } } },
    async (request) => {
      const { reservationId } = request.params;
      return toWindow(await change({ type: 'open-window', reservationId, ...request.body }, request.traceparent));
    },
  );

  routes.delete(
    '/internal/reservations/:reservationId/payment-window',
    { schema: { params: Params, body: ClosePaymentWindowBody, response: { 200: PaymentWindowAnswer } } },
    async (request) => {
      const { reservationId } = request.params;
      return toWindow(await change({ type: 'close-window', reservationId, ...request.body }, request.traceparent));
    },
  );

  routes.post(
    '/internal/reservations/:reservationId/release',
    { schema: { params: Params, body: InternalReleaseBody, response: { 200: Reservation } } },
    async (request) => {
      const { reservationId } = request.params;
      return toReservation(
        await change({ type: 'release', reservationId, by: null, reason: request.body.reason }, request.traceparent),
      );
    },
  );

  routes.post(
    '/internal/reservations/:reservationId/deallocate',
    { schema: { params: Params, body: DeallocateBody, response: { 200: Reservation } } },
    async (request) => {
      const { reservationId } = request.params;
      return toReservation(await change({ type: 'deallocate', reservationId, ...request.body }, request.traceparent));
    },
  );

  routes.post(
    '/internal/allocations',
    { bodyLimit: 256 * 1024, schema: { body: AllocationsBody, response: { 200: AllocationsAnswer } } },
    async (request) => {
      const { allocations } = request.body;
      const events = await seats.eventsOf(allocations.map((allocation) => allocation.reservationId));
      const outcomes = await Promise.all(
        allocations.map(async ({ reservationId, orderId }) => {
          const eventId = events.get(reservationId);
          if (eventId === undefined) throw new ApiError('RESERVATION_NOT_FOUND', `There is no reservation ${reservationId}.`);
          const outcome = await allocate({ type: 'allocate', eventId, reservationId, orderId }, request.traceparent);
          return { reservationId, outcome };
        }),
      );
      return { outcomes };
    },
  );

  async function allocate(command: Command, traceparent: string): Promise<AllocationOutcome> {
    const answer = decided(await seats.submit({ command, traceparent, idempotency: null }));
    if (answer.type !== 'allocation') throw new Error(`expected an allocation, got ${answer.type}`);
    return answer.outcome;
  }

  async function change(command: WithoutEvent<OfReservation>, traceparent: string): Promise<ReservationState> {
    const { reservationId } = command;
    const eventId = isId('reservation', reservationId) ? await eventOf(reservationId) : undefined;
    if (eventId === undefined) throw notFound();
    return reservationOf(await seats.submit({ command: { ...command, eventId }, traceparent, idempotency: null }));
  }
}

function toWindow(reservation: ReservationState): PaymentWindowAnswer {
  return { expiresAt: reservation.expiresAt.toISOString(), heldUntil: reservation.heldUntil.toISOString() };
}

function notFound(): ApiError {
  return new ApiError('RESERVATION_NOT_FOUND', 'There is no such reservation.');
}
