import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seededRandom } from './random.ts';
import { seatPreference } from './seat-preference.ts';

/** Rows of 20 seats about the middle, the first one nearest the stage; seat 1 is the leftmost of row A. */
const ROWS = 10;
const PER_ROW = 20;
const index = Array.from({ length: ROWS * PER_ROW }, (_, i) => i);
const seats = {
  section: index.map(() => 'Floor'),
  row: index.map((i) => String(Math.floor(i / PER_ROW))),
  number: index.map((i) => (i % PER_ROW) + 1),
  priceCents: index.map(() => 100),
  x: index.map((i) => (i % PER_ROW) - (PER_ROW - 1) / 2),
  y: index.map((i) => 5 + Math.floor(i / PER_ROW)),
};
const preference = seatPreference({ seats });
const ALL_FREE = 'A'.repeat(ROWS * PER_ROW);
const rowOf = (seatId: number) => seats.row[seatId - 1];

const withTaken = (taken: Iterable<number>): string => {
  const letters = ALL_FREE.split('');
  for (const seatId of taken) letters[seatId - 1] = 'L';
  return letters.join('');
};

describe('the seats that people want', () => {
  it('are those in front and in the middle first', () => {
    expect(preference.order.slice(0, 2).toSorted((a, b) => a - b)).toEqual([10, 11]);
    // The corner of the last row is the last.
    expect([181, 200]).toContain(preference.order.at(-1));
  });

  it('are free, side by side in one row, and as many as wanted', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.integer({ min: 1, max: ROWS * PER_ROW }), { maxLength: 180 }),
        fc.integer({ min: 1, max: 4 }),
        fc.nat(),
        (taken, quantity, seed) => {
          const statuses = withTaken(taken);
          const picked = preference.pick(statuses, quantity, seededRandom(seed));
          if (picked === null) {
            expect(hasRun(statuses, quantity)).toBe(false);
            return;
          }
          expect(picked).toHaveLength(quantity);
          expect(picked.every((seatId) => statuses[seatId - 1] === 'A')).toBe(true);
          expect(new Set(picked.map(rowOf)).size).toBe(1);
          expect(picked.every((seatId, i) => i === 0 || seatId === (picked[i - 1] ?? 0) + 1)).toBe(true);
        },
      ),
    );
  });

  it('are found down to the last one, and then not any more', () => {
    let statuses = ALL_FREE;
    const random = seededRandom(4);
    for (let sold = 0; sold < ROWS * PER_ROW; sold++) {
      const [seatId = 0] = preference.pick(statuses, 1, random) ?? [];
      expect(statuses[seatId - 1]).toBe('A');
      statuses = `${statuses.slice(0, seatId - 1)}R${statuses.slice(seatId)}`;
    }
    expect(preference.pick(statuses, 1, random)).toBeNull();
  });

  it('are wanted by many at once, but not by all the same ones', () => {
    const random = seededRandom(5);
    const first = Array.from({ length: 1_000 }, () => preference.pick(ALL_FREE, 2, random)?.[0] ?? 0);
    expect(new Set(first).size).toBeGreaterThan(5);
    // All of it happens in the front third.
    expect(Math.max(...first)).toBeLessThan((ROWS * PER_ROW) / 2);
  });
});

function hasRun(statuses: string, quantity: number): boolean {
  for (let row = 0; row < ROWS; row++) {
    if (statuses.slice(row * PER_ROW, (row + 1) * PER_ROW).includes('A'.repeat(quantity))) return true;
  }
  return false;
}
