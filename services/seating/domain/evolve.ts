import type { SeatLetter } from '../../../contracts/http/seating.ts';
import { withoutRefunded } from './deallocate.ts';
import type { Change, Paying, ReservationState, SaleState } from './sale.ts';

/** Makes a change so in the working state of a batch. Knows nothing of whether it was allowed: that was `decide`. */
export function evolve(state: SaleState, change: Change): void {
  switch (change.type) {
    case 'reserved':
      state.reservations.set(change.reservation.reservationId, change.reservation);
      take(state, change.reservation, 'R');
      return;
    case 'ended':
      end(state, change.reservationId, change);
      return;
    case 'allocated':
      allocate(state, change);
      return;
    case 'deallocated':
      giveBack(state, change);
      return;
    case 'allocation-refused':
      update(state, change.reservationId, { outcome: change.outcome });
      return;
    case 'window-set':
      update(state, change.reservationId, { heldUntil: change.heldUntil, ...payingOf(change.paying) });
      return;
    case 'blocked':
      setSeats(state, change.seatIds, 'B', null);
      state.availableSeats -= change.seatIds.length;
      return;
    case 'unblocked':
      setSeats(state, change.seatIds, 'A', null);
      state.availableSeats += change.seatIds.length;
  }
}

function end(state: SaleState, reservationId: string, change: Extract<Change, { type: 'ended' }>): void {
  const before = update(state, reservationId, {
    status: change.status,
    endedAt: change.at,
    endReason: change.reason,
    ...payingOf(null),
  });
  setSeats(state, before.seatIds, 'A', null);
  for (const { sectionIndex, quantity } of before.places) {
    const place = state.places.get(sectionIndex);
    if (place) state.places.set(sectionIndex, { ...place, reserved: place.reserved - quantity });
  }
  state.availableSeats += before.quantity;
  count(state, before.userId, -before.quantity);
}

function allocate(state: SaleState, change: Extract<Change, { type: 'allocated' }>): void {
  const before = update(state, change.reservationId, {
    status: 'ALLOCATED',
    outcome: 'ALLOCATED',
    orderId: change.orderId,
    ...payingOf(null),
    endedAt: null,
    endReason: null,
  });
  if (before.status === 'EXPIRED') {
    take(state, before, 'L');
    return;
  }
  setSeats(state, before.seatIds, 'L', before.reservationId);
  for (const { sectionIndex, quantity } of before.places) {
    const place = state.places.get(sectionIndex);
    if (place)
      state.places.set(sectionIndex, { ...place, reserved: place.reserved - quantity, allocated: place.allocated + quantity });
  }
}

/** What was allocated and refunded is free for the next buyer, and counts for this one no longer. */
function giveBack(state: SaleState, change: Extract<Change, { type: 'deallocated' }>): void {
  const before = state.reservations.get(change.reservationId);
  if (!before) throw new Error(`reservation ${change.reservationId} is not part of this batch`);
  const after = withoutRefunded(before, change);
  state.reservations.set(change.reservationId, after);
  setSeats(state, change.seatIds, 'A', null);
  for (const { sectionIndex, quantity } of change.places) {
    const place = state.places.get(sectionIndex);
    if (place) state.places.set(sectionIndex, { ...place, allocated: place.allocated - quantity });
  }
  state.availableSeats += before.quantity - after.quantity;
  count(state, before.userId, after.quantity - before.quantity);
}

function payingOf(paying: Paying | null): Pick<ReservationState, 'payingOrderId' | 'payingPaymentId'> {
  return { payingOrderId: paying?.orderId ?? null, payingPaymentId: paying?.paymentId ?? null };
}

/** Takes free seats and places for a reservation. */
function take(state: SaleState, reservation: ReservationState, letter: 'R' | 'L'): void {
  setSeats(state, reservation.seatIds, letter, reservation.reservationId);
  for (const { sectionIndex, quantity } of reservation.places) {
    const place = state.places.get(sectionIndex);
    if (!place) continue;
    const column = letter === 'R' ? 'reserved' : 'allocated';
    state.places.set(sectionIndex, { ...place, [column]: place[column] + quantity });
  }
  state.availableSeats -= reservation.quantity;
  count(state, reservation.userId, reservation.quantity);
}

function setSeats(state: SaleState, seatIds: readonly number[], status: SeatLetter, reservationId: string | null): void {
  for (const seatId of seatIds) state.seats.set(seatId, { status, reservationId });
  if (status === 'A') state.chooser?.freed(seatIds);
  else state.chooser?.taken(seatIds);
}

function count(state: SaleState, userId: string, tickets: number): void {
  const before = state.tickets.get(userId);
  if (before !== undefined) state.tickets.set(userId, before + tickets);
}

function update(state: SaleState, reservationId: string, fields: Partial<ReservationState>): ReservationState {
  const before = state.reservations.get(reservationId);
  if (!before) throw new Error(`reservation ${reservationId} is not part of this batch`);
  state.reservations.set(reservationId, { ...before, ...fields });
  return before;
}
