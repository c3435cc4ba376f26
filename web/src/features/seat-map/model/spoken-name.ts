import { speakMoney } from '../../../shared/format/money.ts';
import type { SeatFacts } from './layout.ts';

export type SeatStanding = 'available' | 'held by someone' | 'taken' | 'blocked' | 'chosen by you' | 'held for you';

/** A seat as a screen reader says it: "VIP, row A, seat 12, 150 US dollars, available". */
export function spokenName(seat: SeatFacts, currency: string, standing: SeatStanding): string {
  return `${seat.section}, row ${seat.row}, seat ${seat.number}, ${speakMoney(seat.priceCents, currency)}, ${standing}`;
}
