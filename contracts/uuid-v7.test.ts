import { validate, version } from 'uuid';
import { describe, expect, it } from 'vitest';
import { uuidV7 } from './uuid-v7.ts';

describe('a UUID version 7', () => {
  const beforeMs = Date.now();
  const ids = Array.from({ length: 5_000 }, uuidV7);
  const afterMs = Date.now();

  it('has the form and the time that RFC 9562 says', () => {
    for (const id of ids) expect([validate(id), version(id)]).toEqual([true, 7]);
    const timesMs = ids.map((id) => parseInt(id.replaceAll('-', '').slice(0, 12), 16));
    expect(Math.min(...timesMs)).toBeGreaterThanOrEqual(beforeMs);
    expect(Math.max(...timesMs)).toBeLessThanOrEqual(afterMs + 1);
  });

  it('comes once only, and sorts after those made before', () => {
    expect(ids.toSorted()).toEqual(ids);
    expect(new Set(ids).size).toBe(ids.length);
    const ends = ids.map((id) => id.slice(-12));
    expect(new Set(ends).size).toBe(ids.length);
  });
});
