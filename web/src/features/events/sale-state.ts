import type { EventAnswer } from '../../../../contracts/http/catalog.ts';

export type SaleState = 'open' | 'low' | 'sold-out' | 'not-yet' | 'closed' | 'cancelled' | 'past';

type Facts = Pick<EventAnswer, 'status' | 'endDate' | 'onSaleAt' | 'offSaleAt' | 'availableSeats' | 'totalSeats'>;

/** Below this share of seats an event counts as nearly sold out. */
const LOW_SHARE = 0.05;

/** What a visitor can do with an event at a moment; `nowMs` by the server's clock. */
export function saleState(event: Facts, nowMs: number): SaleState {
  if (event.status === 'CANCELLED') return 'cancelled';
  if (event.status === 'COMPLETED' || Date.parse(event.endDate) <= nowMs) return 'past';
  if (Date.parse(event.onSaleAt) > nowMs) return 'not-yet';
  if (event.offSaleAt !== undefined && Date.parse(event.offSaleAt) <= nowMs) return 'closed';
  if (event.totalSeats > 0 && event.availableSeats === 0) return 'sold-out';
  return event.availableSeats <= event.totalSeats * LOW_SHARE || event.availableSeats === 1 ? 'low' : 'open';
}

export function canBuy(state: SaleState): boolean {
  return state === 'open' || state === 'low' || state === 'sold-out';
}
