import type { SeatMap } from '../../contracts/http/seating.ts';
import { exponential, type Random } from './random.ts';

export type SeatPreference = {
  /**
   * A free group in one row, as somebody picks it: near the best that is free, by a taste of their own; of the run of free seats
   * there the part with the best view. Null when no row has so many together.
   *
   * @param statuses one letter a seat, as of `GET /v1/seats/status`
   */
  pick(statuses: string, quantity: number, random: Random): number[] | null;
  /** Seat ids, the most wanted first. */
  readonly order: readonly number[];
};

const AVAILABLE = 'A'.charCodeAt(0);
/** A seat beside the middle is as much worse as one this much farther back. */
const SIDEWAYS = 0.6;
/** Tastes differ by about this share of the house. */
const TASTE_SHARE = 0.01;
const LEAST_TASTE_SEATS = 8;

/** Front and centre first: by the way to the stage, which is at the origin of the plan, and off to the side of it. */
export function seatPreference({ seats }: Pick<SeatMap, 'seats'>): SeatPreference {
  const { x, y, row, section } = seats;
  const count = x.length;
  const dislike = Float64Array.from(x, (seatX, i) => Math.hypot(y[i] ?? 0, seatX * SIDEWAYS));
  const order = Array.from(x, (_, i) => i).sort((a, b) => (dislike[a] ?? 0) - (dislike[b] ?? 0) || a - b);
  const sameRow = (a: number, b: number): boolean => b >= 0 && b < count && row[a] === row[b] && section[a] === section[b];
  const taste = Math.max(LEAST_TASTE_SEATS, count * TASTE_SHARE);

  /** The best window of the run of free seats around a seat, or null when the run is too short. Indexes. */
  function windowAround(statuses: string, seat: number, quantity: number): number | null {
    const isFree = (i: number): boolean => statuses.charCodeAt(i) === AVAILABLE;
    let first = seat;
    let last = seat;
    // Only what a window with this seat in it can reach.
    while (seat - first < quantity - 1 && sameRow(seat, first - 1) && isFree(first - 1)) first--;
    while (last - seat < quantity - 1 && sameRow(seat, last + 1) && isFree(last + 1)) last++;
    if (last - first + 1 < quantity) return null;
    let best = first;
    let least = Infinity;
    for (let start = first; start + quantity - 1 <= last; start++) {
      let sum = 0;
      for (let i = start; i < start + quantity; i++) sum += dislike[i] ?? 0;
      if (sum < least) [least, best] = [sum, start];
    }
    return best;
  }

  function pick(statuses: string, quantity: number, random: Random): number[] | null {
    if (!statuses.includes('A')) return null;
    let toSkip = Math.floor(exponential(taste, random));
    let fallback: number | null = null;
    for (const seat of order) {
      if (statuses.charCodeAt(seat) !== AVAILABLE) continue;
      if (toSkip > 0) {
        toSkip--;
        fallback ??= windowAround(statuses, seat, quantity);
        continue;
      }
      const start = windowAround(statuses, seat, quantity);
      if (start !== null) return seatIdsFrom(start, quantity);
    }
    return fallback === null ? null : seatIdsFrom(fallback, quantity);
  }

  return { pick, order: order.map((i) => i + 1) };
}

function seatIdsFrom(index: number, quantity: number): number[] {
  return Array.from({ length: quantity }, (_, i) => index + i + 1);
}
