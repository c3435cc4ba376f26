import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { arenaSeats } from './arena.ts';
import { toCsv, type PlannedSeat } from './bowl.ts';

const seats = arenaSeats();

function rowsOf(all: readonly PlannedSeat[]): PlannedSeat[][] {
  return [...Map.groupBy(all, (seat) => `${seat.section}/${seat.row}`).values()];
}

describe('the arena seat plan', () => {
  it('is the committed file, byte for byte', async () => {
    const file = await readFile(new URL('./madison-square-garden.csv', import.meta.url), 'utf8');
    expect(toCsv(seats)).toBe(file);
    expect(file.length).toBeLessThan(1_000_000);
  });

  it('has 20,000 seats, none of them named twice or put where another stands', () => {
    expect(seats).toHaveLength(20_000);
    expect(new Set(seats.map((s) => `${s.section}/${s.row}/${s.number}`)).size).toBe(seats.length);
    expect(new Set(seats.map((s) => `${s.x}/${s.y}`)).size).toBe(seats.length);
  });

  it('numbers each row from 1 without gaps, with neighbours an arm apart', () => {
    for (const row of rowsOf(seats)) {
      expect(row.map((s) => s.number)).toEqual(row.map((_, i) => i + 1));
      for (const [i, seat] of row.slice(1).entries()) {
        const before = row[i];
        const apart = before ? Math.hypot(seat.x - before.x, seat.y - before.y) : Number.NaN;
        expect(apart).toBeGreaterThan(0.35);
        expect(apart).toBeLessThan(0.65);
      }
    }
  });

  it('has bowl rows that grow towards the back and one price for each section', () => {
    for (const [section, own] of Map.groupBy(seats, (s) => s.section)) {
      expect(new Set(own.map((s) => s.priceCents)).size).toBe(1);
      if (section.startsWith('F')) continue;
      const lengths = rowsOf(own).map((row) => row.length);
      expect(lengths).toEqual(lengths.toSorted((a, b) => a - b));
      expect(lengths.at(-1)).toBeGreaterThan(lengths[0] ?? 0);
    }
  });

  it('is the same left and right of the stage', () => {
    const places = new Set(seats.map((s) => `${s.x}/${s.y}`));
    const unmatched = seats.filter((s) => !places.has(`${0 - s.x}/${s.y}`));
    expect(unmatched).toEqual([]);
  });
});
