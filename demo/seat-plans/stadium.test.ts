import { describe, expect, it } from 'vitest';
import { toCsv } from './bowl.ts';
import { stadiumSeats } from './stadium.ts';

const seats = stadiumSeats();

describe('the stadium seat plan', () => {
  it('has 90,000 seats, none of them named twice or put where another stands', () => {
    expect(seats).toHaveLength(90_000);
    expect(new Set(seats.map((s) => `${s.section}/${s.row}/${s.number}`)).size).toBe(seats.length);
    expect(new Set(seats.map((s) => `${s.x}/${s.y}`)).size).toBe(seats.length);
  });

  it('is the same on all four sides of the pitch', () => {
    const places = new Set(seats.map((s) => `${s.x}/${s.y}`));
    const unmatched = seats.filter((s) => !places.has(`${0 - s.x}/${s.y}`) || !places.has(`${s.x}/${0 - s.y}`));
    expect(unmatched).toEqual([]);
  });

  it('leaves the pitch free, and costs most where the view is best', () => {
    expect(seats.filter((s) => Math.hypot(s.x / 44, s.y / 58) < 1)).toEqual([]);
    const pricesOf = (level: string) => seats.filter((s) => s.section.startsWith(level)).map((s) => s.priceCents);
    expect(Math.min(...pricesOf('1'))).toBeGreaterThan(Math.max(...pricesOf('5')));
    expect(seats.every((s) => s.priceCents >= 3_000 && s.priceCents % 500 === 0)).toBe(true);
  });

  it('is small enough to be imported as one file', () => {
    expect(toCsv(seats).length).toBeLessThan(3_000_000);
  });
});
