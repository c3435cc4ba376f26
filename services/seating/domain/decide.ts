import type { AllocationOutcome } from '../../../contracts/http/seating.ts';
import type { ReleaseReason } from '../../../contracts/events/seat.ts';
import { deallocate, withoutRefunded, type DeallocateCommand } from './deallocate.ts';
import { decideReserve, type ReserveCommand, type ReserveRefusal } from './decide-reserve.ts';
import { CALLED_OFF, type Change, type Paying, type ReservationState, type SaleState } from './sale.ts';

/** Everything that can be asked of an event's seats. `by` is the user who asks; null is a service. */
export type Command =
  | ReserveCommand
  | { type: 'release'; eventId: string; reservationId: string; by: string | null; reason: ReleaseReason }
  | { type: 'allocate'; eventId: string; reservationId: string; orderId: string }
  | DeallocateCommand
  | { type: 'open-window'; eventId: string; reservationId: string; orderId: string; paymentId: string; windowSeconds: number }
  /** Only the window of this payment: that of a later one stays. */
  | { type: 'close-window'; eventId: string; reservationId: string; orderId: string; paymentId: string }
  | { type: 'block'; eventId: string; seatIds: readonly number[] }
  | { type: 'unblock'; eventId: string; seatIds: readonly number[] }
  /** Ends what is due and nothing else. */
  | { type: 'sweep'; eventId: string };

export type Refusal =
  | ReserveRefusal
  | { ok: false; code: 'RESERVATION_NOT_FOUND' }
  | { ok: false; code: 'RESERVATION_NOT_ACTIVE'; status: string }
  | { ok: false; code: 'RESERVATION_IN_PAYMENT'; heldUntil: Date }
  | { ok: false; code: 'SEATS_IN_USE'; seatIds: number[] };

export type Success =
  | { ok: true; type: 'reservation'; reservation: ReservationState }
  | { ok: true; type: 'allocation'; outcome: AllocationOutcome }
  | { ok: true; type: 'seats'; seatIds: readonly number[] }
  | { ok: true; type: 'swept' };

export type Decision = { answer: Success | Refusal; changes: Change[] };

/**
 * What a command does to the sale as it stands. Pure: the clock, the new ids and the state come in, the changes go out. Holds that
 * were due at `now` have been ended before (`expireDue`), so a seat that is R here is truly held.
 */
export function decide(state: SaleState, command: Command, now: Date, defaultTtlSeconds: number): Decision {
  switch (command.type) {
    case 'reserve': {
      const decision = decideReserve(state, command, now, defaultTtlSeconds);
      if (!decision.ok) return refuse(decision);
      return { answer: { ok: true, type: 'reservation', reservation: decision.reservation }, changes: decision.changes };
    }
    case 'release':
      return release(state, command, now);
    case 'allocate':
      return allocate(state, command, now);
    case 'deallocate':
      return giveBack(state, command, now);
    case 'open-window':
      return openWindow(state, command, now);
    case 'close-window':
      return closeWindow(state, command);
    case 'block':
      return setBlocked(state, command.seatIds, 'A', 'blocked');
    case 'unblock':
      return setBlocked(state, command.seatIds, 'B', 'unblocked');
    case 'sweep':
      return { answer: { ok: true, type: 'swept' }, changes: [] };
  }
}

/** Ends every loaded hold whose time is over at `now`, each whole: all its seats and places together. */
export function expireDue(state: SaleState, now: Date): Change[] {
  const due = [...state.reservations.values()].filter((held) => held.status === 'RESERVED' && held.heldUntil <= now);
  return due.map((held) => ({ type: 'ended', reservationId: held.reservationId, status: 'EXPIRED', reason: 'EXPIRED', at: now }));
}

function refuse(answer: Refusal): Decision {
  return { answer, changes: [] };
}

function unchanged(reservation: ReservationState): Decision {
  return { answer: { ok: true, type: 'reservation', reservation }, changes: [] };
}

/** Releasing what has already ended is answered as it is: the seats are free either way. */
function release(state: SaleState, command: Extract<Command, { type: 'release' }>, now: Date): Decision {
  const held = state.reservations.get(command.reservationId);
  if (!held || (command.by !== null && held.userId !== command.by)) return refuse({ ok: false, code: 'RESERVATION_NOT_FOUND' });
  if (held.status === 'ALLOCATED') return refuse({ ok: false, code: 'RESERVATION_NOT_ACTIVE', status: held.status });
  if (held.status !== 'RESERVED') return unchanged(held);
  if (command.by !== null && held.payingOrderId !== null)
    return refuse({ ok: false, code: 'RESERVATION_IN_PAYMENT', heldUntil: held.heldUntil });
  return {
    answer: { ok: true, type: 'reservation', reservation: { ...held, status: 'RELEASED' } },
    changes: [{ type: 'ended', reservationId: held.reservationId, status: 'RELEASED', reason: command.reason, at: now }],
  };
}

/** Idempotent by reservation: the first outcome is stored and every later call gets it. */
function allocate(state: SaleState, command: Extract<Command, { type: 'allocate' }>, now: Date): Decision {
  const held = state.reservations.get(command.reservationId);
  if (!held) return refuse({ ok: false, code: 'RESERVATION_NOT_FOUND' });
  if (held.outcome)
    return answerAllocation(held.outcome === 'ALLOCATED' && held.orderId !== command.orderId ? 'GONE' : held.outcome, []);
  const outcome = allocationOutcome(state, held);
  const { reservationId } = held;
  if (outcome === 'ALLOCATED')
    return answerAllocation(outcome, [{ type: 'allocated', reservationId, orderId: command.orderId, at: now }]);
  return answerAllocation(outcome, [{ type: 'allocation-refused', reservationId, outcome }]);
}

function answerAllocation(outcome: AllocationOutcome, changes: Change[]): Decision {
  return { answer: { ok: true, type: 'allocation', outcome }, changes };
}

/** A payment that comes after its hold ended takes the same seats again if all of them are still free. */
function allocationOutcome(state: SaleState, held: ReservationState): AllocationOutcome {
  if (CALLED_OFF.includes(state.rules.status)) return 'EVENT_CANCELLED';
  if (held.status === 'RESERVED') return 'ALLOCATED';
  if (held.status !== 'EXPIRED') return 'GONE';
  const seatsFree = held.seatIds.every((seatId) => state.seats.get(seatId)?.status === 'A');
  const placesFree = held.places.every(({ sectionIndex, quantity }) => {
    const place = state.places.get(sectionIndex);
    return place !== undefined && place.capacity - place.reserved - place.allocated >= quantity;
  });
  return seatsFree && placesFree ? 'ALLOCATED' : 'GONE';
}

/**
 * A charge may start only before the hold's original end, and not for an event that was called off: a hold that is about to be
 * released. Its window then keeps the hold alive, never shorter than it was.
 */
function openWindow(state: SaleState, command: Extract<Command, { type: 'open-window' }>, now: Date): Decision {
  const held = state.reservations.get(command.reservationId);
  if (!held) return refuse({ ok: false, code: 'RESERVATION_NOT_FOUND' });
  if (held.status !== 'RESERVED' || held.expiresAt <= now || CALLED_OFF.includes(state.rules.status))
    return refuse({ ok: false, code: 'RESERVATION_NOT_ACTIVE', status: held.status });
  const windowEnd = new Date(now.getTime() + command.windowSeconds * 1000);
  const heldUntil = windowEnd > held.expiresAt ? windowEnd : held.expiresAt;
  return setWindow(held, heldUntil, { orderId: command.orderId, paymentId: command.paymentId });
}

function closeWindow(state: SaleState, command: Extract<Command, { type: 'close-window' }>): Decision {
  const held = state.reservations.get(command.reservationId);
  if (!held) return refuse({ ok: false, code: 'RESERVATION_NOT_FOUND' });
  const isOpen = held.payingOrderId === command.orderId && held.payingPaymentId === command.paymentId;
  if (held.status !== 'RESERVED' || !isOpen) return unchanged(held);
  return setWindow(held, held.expiresAt, null);
}

function setWindow(held: ReservationState, heldUntil: Date, paying: Paying | null): Decision {
  return {
    answer: { ok: true, type: 'reservation', reservation: { ...held, heldUntil } },
    changes: [{ type: 'window-set', reservationId: held.reservationId, heldUntil, paying }],
  };
}

function giveBack(state: SaleState, command: DeallocateCommand, now: Date): Decision {
  const held = state.reservations.get(command.reservationId);
  if (!held) return refuse({ ok: false, code: 'RESERVATION_NOT_FOUND' });
  const change = deallocate(state, command, held, now);
  if (change === null) return unchanged(held);
  return { answer: { ok: true, type: 'reservation', reservation: withoutRefunded(held, change) }, changes: [change] };
}

/** All or nothing, and nothing of what is already so: blocking a blocked seat is no change. */
function setBlocked(state: SaleState, seatIds: readonly number[], from: 'A' | 'B', type: 'blocked' | 'unblocked'): Decision {
  const unknown = seatIds.filter((seatId) => !state.seats.has(seatId));
  if (unknown.length > 0) return refuse({ ok: false, code: 'SEAT_NOT_FOUND', seatIds: unknown });
  const statusOf = (seatId: number) => state.seats.get(seatId)?.status;
  const inUse = seatIds.filter((seatId) => statusOf(seatId) === 'R' || statusOf(seatId) === 'L');
  if (inUse.length > 0) return refuse({ ok: false, code: 'SEATS_IN_USE', seatIds: inUse });
  const changed = [...new Set(seatIds)].filter((seatId) => statusOf(seatId) === from);
  return { answer: { ok: true, type: 'seats', seatIds }, changes: changed.length > 0 ? [{ type, seatIds: changed }] : [] };
}
