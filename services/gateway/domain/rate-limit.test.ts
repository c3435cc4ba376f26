import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRateLimit } from './rate-limit.ts';

describe('the rate limit', () => {
  it('lets a minute of requests through at once, then one at a time at its rate', () => {
    const limit = createRateLimit(60, 100);
    const first = Array.from({ length: 60 }, () => limit.take('a', 0));
    expect(first.every((waitMs) => waitMs === 0)).toBe(true);
    expect(limit.take('a', 0)).toBe(1000);
    expect(limit.take('a', 600)).toBe(400);
    expect(limit.take('a', 1000)).toBe(0);
    expect(limit.take('a', 1000)).toBe(1000);
  });

  it('does not count what it refused', () => {
    const limit = createRateLimit(1, 100);
    expect(limit.take('a', 0)).toBe(0);
    for (let ms = 0; ms < 60_000; ms += 100) expect(limit.take('a', ms)).toBeGreaterThan(0);
    expect(limit.take('a', 60_000)).toBe(0);
  });

  it('keeps keys apart', () => {
    const limit = createRateLimit(1, 100);
    expect([limit.take('a', 0), limit.take('b', 0)]).toEqual([0, 0]);
    expect(limit.take('a', 1)).toBeGreaterThan(0);
  });

  it('lets nobody have more than twice the limit in any minute, whatever the pattern', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 50 }),
        fc.array(fc.integer({ min: 0, max: 20_000 }), { maxLength: 300 }),
        (perMinute, steps) => {
          const limit = createRateLimit(perMinute, 10);
          const passed: number[] = [];
          let nowMs = 0;
          for (const step of steps) {
            nowMs += step;
            if (limit.take('a', nowMs) === 0) passed.push(nowMs);
          }
          const inMinuteFrom = (startMs: number) => passed.filter((at) => at >= startMs && at < startMs + 60_000).length;
          return passed.every((at) => inMinuteFrom(at) <= 2 * perMinute);
        },
      ),
    );
  });

  it('remembers a bounded number of keys', () => {
    const limit = createRateLimit(1, 1000);
    limit.take('first', 0);
    for (let i = 0; i < 5000; i++) limit.take(`key ${i}`, 1);
    expect(limit.take('first', 2)).toBe(0);
    expect(limit.take('key 4999', 2)).toBeGreaterThan(0);
  });
});
