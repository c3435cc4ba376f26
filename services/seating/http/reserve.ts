import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { FastifyInstance } from 'fastify';
import { newId } from '../../../contracts/ids.ts';
import { Reservation, ReserveBody } from '../../../contracts/http/seating.ts';
import { SIGNED_IN } from '../../../platform/http/access.ts';
import { ApiError } from '../../../platform/http/api-error.ts';
import { requireUser } from '../../../platform/http/request.ts';
import { validationFailed } from '../../../platform/http/validation.ts';
import { replay } from '../../../platform/idempotency/answer.ts';
import { optionalIdempotencyKey } from '../../../platform/idempotency/idempotency-key.ts';
import { isHiddenFrom, type ReserveCommand, type Selection } from '../domain/decide-reserve.ts';
import { seatIdOfCode } from '../domain/layout.ts';
import type { SeatViews } from '../reads/views.ts';
import type { Seats } from '../writes/seats.ts';
import { reservationOf, toReservation, toStoredReservation } from './answers.ts';

export function reserveRoute(app: FastifyInstance, seats: Seats, views: SeatViews): void {
  app.withTypeProvider<TypeBoxTypeProvider>().post(
    '/v1/seats/reserve',
    {
      config: { idempotencyKey: 'accepted' },
      schema: {
        tags: ['seating'],
        summary: 'Hold seats or places',
        security: SIGNED_IN,
        body: ReserveBody,
        response: { 201: Reservation },
      },
    },
    async (request, reply) => {
      const { userId } = requireUser(request);
      const { body } = request;
      if (body.userId !== undefined && body.userId !== userId)
        throw new ApiError('FORBIDDEN', 'You can reserve for yourself only: leave userId out.');
      const command = await toReserve(body, { userId, reservationId: newId('reservation') }, views);
      const key = optionalIdempotencyKey(request);
      const answer = await seats.submit({
        command,
        traceparent: request.traceparent,
        idempotency: key && { key, toStored: toStoredReservation },
      });
      if (answer.kind === 'replay') return replay(reply, answer.answer);
      return reply.code(201).send(toReservation(reservationOf(answer)));
    },
  );
}

/** What the writer is to do. @throws ApiError VALIDATION_FAILED, EVENT_NOT_FOUND, SEAT_NOT_FOUND */
export async function toReserve(
  body: ReserveBody,
  ids: { userId: string; reservationId: string },
  views: SeatViews,
): Promise<ReserveCommand> {
  const selection = await selectionOf(body, ids.userId, views);
  return { type: 'reserve', eventId: body.eventId, ...ids, selection };
}

async function selectionOf(body: ReserveBody, userId: string, views: SeatViews): Promise<Selection> {
  const ways = [body.seatIds, body.seatCodes, body.places, body.bestAvailable].filter((way) => way !== undefined);
  if (ways.length !== 1)
    throw validationFailed([{ path: '$', message: 'must have exactly one of seatIds, seatCodes, places and bestAvailable' }]);
  if (body.seatIds) return { kind: 'seats', seatIds: body.seatIds };
  if (body.places) return { kind: 'places', places: body.places };
  if (body.bestAvailable) return { kind: 'best', ...body.bestAvailable };
  return { kind: 'seats', seatIds: await seatIdsOf(body, userId, views) };
}

/** Codes never change what they name, so they can be looked up before the lock. */
async function seatIdsOf({ eventId, seatCodes = [] }: ReserveBody, userId: string, views: SeatViews): Promise<number[]> {
  const feed = await views.get(eventId);
  if (!feed) throw eventNotFound();
  const { layout, sale } = feed.view();
  const found = seatCodes.map((code) => ({ code, seatId: seatIdOfCode(layout, code) }));
  const unknown = found.flatMap(({ code, seatId }) => (seatId === undefined ? code : []));
  // The view may not know yet that a draft was published, so it hides what it must but does not refuse; that is decided under the lock.
  if (unknown.length > 0 && isHiddenFrom(sale.rules, userId)) throw eventNotFound();
  if (unknown.length > 0)
    throw new ApiError('SEAT_NOT_FOUND', `The event has no seat ${unknown.slice(0, 5).join(', ')}. Nothing was reserved.`, {
      seatCodes: unknown,
    });
  return found.flatMap(({ seatId }) => seatId ?? []);
}

function eventNotFound(): ApiError {
  return new ApiError('EVENT_NOT_FOUND', 'There is no such event, or it has no seats on sale yet.');
}
