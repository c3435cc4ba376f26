import type { SeatLayout } from './layout.ts';

/**
 * Seats that this choice would leave alone between taken ones in their row: one lonely seat is hard to sell, so the buyer is warned.
 * Only gaps that the choice itself makes are named.
 */
export function singleGaps(layout: SeatLayout, chosen: ReadonlySet<number>, isFree: (seat: number) => boolean): number[] {
  const gaps: number[] = [];
  for (const rowIndex of new Set([...chosen].map((seat) => layout.row[seat] ?? 0))) {
    const seats = layout.rows[rowIndex]?.seats ?? [];
    const open = (i: number): boolean => {
      const seat = seats[i];
      return seat !== undefined && isFree(seat) && !chosen.has(seat);
    };
    seats.forEach((seat, i) => {
      const before = seats[i - 1];
      const after = seats[i + 1];
      const touchesChoice = (before !== undefined && chosen.has(before)) || (after !== undefined && chosen.has(after));
      if (open(i) && !open(i - 1) && !open(i + 1) && touchesChoice) gaps.push(seat);
    });
  }
  return gaps;
}
