import type { Reservation } from '../../../contracts/http/seating.ts';
import { ApiError } from '../../../platform/http/api-error.ts';
import { answerOfError, errorOfAnswer, type StoredAnswer } from '../../../platform/idempotency/answer.ts';
import type { Refusal, Success } from '../domain/decide.ts';
import type { ReservationState } from '../domain/sale.ts';
import type { SeatAnswer } from '../writes/batch.ts';

export function toReservation(state: ReservationState): Reservation {
  const { seats, places, totalCents, currency, ttlSeconds } = state.content;
  return {
    reservationId: state.reservationId,
    eventId: state.eventId,
    userId: state.userId,
    seats,
    places,
    totalCents,
    currency,
    status: state.status,
    expiresAt: state.expiresAt.toISOString(),
    ttlSeconds,
  };
}

/** A reserve that was answered, in the form that is stored with its Idempotency-Key. */
export function toStoredReservation(answer: Success | Refusal): StoredAnswer | null {
  if (!answer.ok) return answerOfError(toError(answer));
  return answer.type === 'reservation' ? { status: 201, body: toReservation(answer.reservation) } : null;
}

/** What was decided, or throws the refusal. */
export function decided(answer: SeatAnswer): Success {
  if (answer.kind === 'replay') throw errorOfAnswer(answer.answer);
  if (!answer.answer.ok) throw toError(answer.answer);
  return answer.answer;
}

export function reservationOf(answer: SeatAnswer): ReservationState {
  const success = decided(answer);
  if (success.type !== 'reservation') throw new Error(`expected a reservation, got ${success.type}`);
  return success.reservation;
}

export function toError(refusal: Refusal): ApiError {
  switch (refusal.code) {
    case 'EVENT_NOT_FOUND':
      return new ApiError('EVENT_NOT_FOUND', 'There is no such event, or it has no seats on sale yet.');
    case 'RESERVATION_NOT_FOUND':
      return new ApiError('RESERVATION_NOT_FOUND', 'You have no such reservation.');
    case 'RESERVATION_NOT_ACTIVE':
      return new ApiError('RESERVATION_NOT_ACTIVE', `The reservation is ${refusal.status}; it can no longer be changed.`, {
        reservationStatus: refusal.status,
      });
    case 'RESERVATION_IN_PAYMENT':
      return new ApiError(
        'RESERVATION_IN_PAYMENT',
        'A payment for this reservation is under way. Wait for its outcome, then try again.',
        {
          heldUntil: refusal.heldUntil.toISOString(),
        },
      );
    case 'SEATS_IN_USE':
      return new ApiError(
        'SEATS_IN_USE',
        `Reserved or sold among these seats: ${refusal.seatIds.length}. Nothing was changed; leave out those in seatIds.`,
        {
          seatIds: refusal.seatIds,
        },
      );
    case 'SEAT_NOT_FOUND':
      return new ApiError(
        'SEAT_NOT_FOUND',
        `The event has no seat ${refusal.seatIds.slice(0, 5).join(', ')}. Nothing was changed.`,
        {
          seatIds: refusal.seatIds,
        },
      );
    case 'SECTION_NOT_FOUND':
      return new ApiError('SECTION_NOT_FOUND', `The event has no section "${refusal.section}".`, { section: refusal.section });
    case 'SELECTION_INVALID':
      return new ApiError('SELECTION_INVALID', refusal.problem);
    case 'SALE_NOT_OPEN':
      return new ApiError('SALE_NOT_OPEN', SALE_DETAIL[refusal.reason](refusal.onSaleAt), {
        reason: refusal.reason,
        onSaleAt: refusal.onSaleAt.toISOString(),
      });
    case 'TICKET_LIMIT_EXCEEDED':
      return new ApiError(
        'TICKET_LIMIT_EXCEEDED',
        `One buyer may have ${refusal.limit} tickets of this event; you have ${refusal.held} held or bought.`,
        { limit: refusal.limit, held: refusal.held },
      );
    case 'SEAT_UNAVAILABLE':
      return new ApiError(
        'SEAT_UNAVAILABLE',
        'At least one of these seats is not free: someone was faster, or it is blocked. None was reserved; choose others.',
        { unavailableSeatIds: refusal.unavailableSeatIds },
      );
    case 'SOLD_OUT':
      return new ApiError('SOLD_OUT', soldOutDetail(refusal.available, refusal.section), { available: refusal.available });
  }
}

const SALE_DETAIL = {
  NOT_YET: (onSaleAt: Date) => `The sale opens at ${onSaleAt.toISOString()}.`,
  OVER: () => 'The sale of this event is over.',
  CLOSED: () => 'This event is not on sale.',
};

function soldOutDetail(available: number, section: string | null): string {
  const where = section === null ? '' : ` in ${section}`;
  const left = available === 0 ? 'Nothing' : `Only ${available}`;
  return `${left} of what you asked for is left${where}. Nothing was reserved; ask for fewer, another section or a higher price.`;
}
