import { describe, expect, it } from 'vitest';
import { bandOf, priceBands } from './bands.ts';

describe('price bands', () => {
  it('give each of few prices its own step, far apart on the ramp', () => {
    expect(priceBands([5000, 9000, 5000, 15_000])).toEqual([
      { band: 1, fromCents: 5000, toCents: 5000 },
      { band: 3, fromCents: 9000, toCents: 9000 },
      { band: 5, fromCents: 15_000, toCents: 15_000 },
    ]);
  });

  it('put many prices into five steps that leave none out', () => {
    const prices = Array.from({ length: 23 }, (_, i) => 1000 + i * 500);
    const bands = priceBands(prices);
    expect(bands.map((b) => b.band)).toEqual([1, 2, 3, 4, 5]);
    for (const price of prices) {
      const band = bands.find((b) => b.band === bandOf(bands, price));
      expect(price).toBeGreaterThanOrEqual(band?.fromCents ?? Infinity);
      expect(price).toBeLessThanOrEqual(band?.toCents ?? 0);
    }
  });

  it('take the middle for a single price and nothing for none', () => {
    expect(priceBands([2000])).toEqual([{ band: 3, fromCents: 2000, toCents: 2000 }]);
    expect(priceBands([])).toEqual([]);
    expect(bandOf([], 100)).toBe(3);
  });
});
