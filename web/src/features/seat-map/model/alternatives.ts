import { list } from '../../../shared/format/words.ts';
import { seatFacts, type SeatLayout } from './layout.ts';

/** Free seats of the same row, nearest first. */
export function alternatives(layout: SeatLayout, seat: number, isFree: (seat: number) => boolean, atMost = 2): number[] {
  const seats = layout.rows[layout.row[seat] ?? 0]?.seats ?? [];
  const place = seats.indexOf(seat);
  return seats
    .map((other, index) => ({ other, distance: Math.abs(index - place) }))
    .filter(({ other, distance }) => distance > 0 && isFree(other))
    .sort((a, b) => a.distance - b.distance)
    .slice(0, atMost)
    .map(({ other }) => other)
    .sort((a, b) => a - b);
}

/** What is said when others took seats first: which, that nothing was paid, and what is free beside them. */
export function fasterText(layout: SeatLayout, gone: number[], isFree: (seat: number) => boolean): string {
  const names = gone.map((seat) => seatFacts(layout, seat).seatCode);
  const first = gone[0];
  const near = first === undefined ? [] : alternatives(layout, first, isFree).map((seat) => seatFacts(layout, seat).seatCode);
  const offer =
    near.length === 0 ? 'Nothing else is free in that row.' : `${list(near)} ${near.length === 1 ? 'is' : 'are'} free, same row.`;
  return `Someone was a moment faster for ${list(names)}. ${offer}`;
}
