import { CALLED_OFF, type Change, type ReservationState, type SaleState } from './sale.ts';

export type DeallocateCommand = {
  type: 'deallocate';
  eventId: string;
  reservationId: string;
  orderId: string;
  refundId: string;
  seatIds: readonly number[];
  places: readonly { section: string; quantity: number }[];
};

type Deallocated = Extract<Change, { type: 'deallocated' }>;

/**
 * Tickets of an order were refunded: their seats and places are given back. Once per refund; of what is named, only what the
 * reservation still has, so that nothing is ever given back that somebody else has bought since. Null when that is nothing.
 */
export function deallocate(state: SaleState, command: DeallocateCommand, held: ReservationState, at: Date): Deallocated | null {
  if (held.status !== 'ALLOCATED' || held.orderId !== command.orderId || held.refundIds.includes(command.refundId)) return null;
  const named = new Set(command.seatIds);
  const seatIds = held.seatIds.filter((seatId) => named.has(seatId));
  const places = held.places.flatMap(({ sectionIndex, quantity }) => {
    const asked = quantityOf(command, state.layout.sections[sectionIndex]?.name);
    return asked === 0 ? [] : [{ sectionIndex, quantity: Math.min(asked, quantity) }];
  });
  if (seatIds.length + places.length === 0) return null;
  const { reservationId, refundId } = command;
  const reason = CALLED_OFF.includes(state.rules.status) ? 'EVENT_CANCELLED' : 'REFUNDED';
  return { type: 'deallocated', reservationId, refundId, seatIds, places, reason, at };
}

function quantityOf({ places }: DeallocateCommand, section: string | undefined): number {
  return places.reduce((sum, place) => sum + (place.section === section ? place.quantity : 0), 0);
}

/** What a reservation still has after that. One that has nothing left is RELEASED. */
export function withoutRefunded(held: ReservationState, change: Deallocated): ReservationState {
  const gone = new Set(change.seatIds);
  const seatIds = held.seatIds.filter((seatId) => !gone.has(seatId));
  const goneOf = new Map(change.places.map(({ sectionIndex, quantity }) => [sectionIndex, quantity]));
  const places = held.places.flatMap(({ sectionIndex, quantity }) => {
    const left = quantity - (goneOf.get(sectionIndex) ?? 0);
    return left === 0 ? [] : [{ sectionIndex, quantity: left }];
  });
  const quantity = seatIds.length + places.reduce((sum, place) => sum + place.quantity, 0);
  const refundIds = [...held.refundIds, change.refundId];
  const rest = { ...held, seatIds, places, quantity, refundIds };
  return quantity > 0 ? rest : { ...rest, status: 'RELEASED', endedAt: change.at, endReason: change.reason };
}
