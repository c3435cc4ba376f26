import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createHistogram } from './histogram.ts';

const durations = fc.array(fc.double({ min: 0.001, max: 3_000_000, noNaN: true }), { minLength: 1, maxLength: 200 });

function exact(sorted: readonly number[], share: number): number {
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? NaN;
}

describe('a histogram of durations', () => {
  it('knows every percentile to one percent, from a microsecond to an hour', () => {
    fc.assert(
      fc.property(durations, fc.constantFrom(0, 0.01, 0.5, 0.95, 0.99, 0.999, 1), (given, share) => {
        const histogram = createHistogram();
        for (const ms of given) histogram.add(ms);
        const wanted = exact(
          given.toSorted((a, b) => a - b),
          share,
        );
        expect(Math.abs(histogram.percentileMs(share) - wanted)).toBeLessThanOrEqual(wanted * 0.01 + 0.0006);
      }),
    );
  });

  it('says of parts put together what it would of the whole', () => {
    fc.assert(
      fc.property(durations, durations, (some, others) => {
        const [whole, first, second] = [createHistogram(), createHistogram(), createHistogram()];
        for (const ms of some) first.add(ms);
        for (const ms of others) second.add(ms);
        for (const ms of [...some, ...others]) whole.add(ms);
        first.merge(JSON.parse(JSON.stringify(second.data())));
        expect(first.count).toBe(whole.count);
        expect(first.maxMs).toBe(whole.maxMs);
        expect(first.meanMs).toBeCloseTo(whole.meanMs, 3);
        for (const share of [0.5, 0.95, 1]) expect(first.percentileMs(share)).toBe(whole.percentileMs(share));
      }),
    );
  });

  it('is 0 while it is empty, and takes what is out of its range at its ends', () => {
    const histogram = createHistogram();
    expect([histogram.percentileMs(0.99), histogram.meanMs, histogram.maxMs]).toEqual([0, 0, 0]);
    histogram.add(-1);
    histogram.add(10_000_000_000);
    expect(histogram.percentileMs(0.5)).toBe(0);
    expect(histogram.percentileMs(1)).toBeGreaterThan(3_600_000);
  });
});
