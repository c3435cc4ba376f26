import { describe, expect, it } from 'vitest';
import { createReplicaSet, type ReplicaSet } from './replica-set.ts';

const [A, B, C] = ['http://10.0.0.1:1', 'http://10.0.0.2:1', 'http://10.0.0.3:1'] as const;

function setOf(...origins: string[]): ReplicaSet {
  const set = createReplicaSet();
  set.update(origins, 0);
  return set;
}

const keys = Array.from({ length: 300 }, (_none, index) => `evt_${index}`);
const ownersOf = (set: ReplicaSet): Map<string, string | undefined> => new Map(keys.map((key) => [key, set.pick(key)?.origin]));

describe('replicas of a service', () => {
  it('are asked in turn while none is busier, then the one with the fewest requests in flight', () => {
    const set = setOf(A, B, C);
    const picked = [set.pick(null), set.pick(null), set.pick(null)];
    expect(picked.map((one) => one?.origin).toSorted()).toEqual([A, B, C]);
    for (const one of picked) if (one !== null && one.origin !== B) one.inFlight = 2;
    expect([set.pick(null)?.origin, set.pick(null)?.origin]).toEqual([B, B]);
  });

  it('keep a key each, about as many, and give away only those of one that is out', () => {
    const set = setOf(A, B, C);
    const before = ownersOf(set);
    expect(ownersOf(set)).toEqual(before);
    for (const origin of [A, B, C]) expect([...before.values()].filter((owner) => owner === origin).length).toBeGreaterThan(60);
    set.failed(B, 0);
    const after = ownersOf(set);
    for (const key of keys) {
      if (before.get(key) === B) expect(after.get(key)).not.toBe(B);
      else expect(after.get(key)).toBe(before.get(key));
    }
    set.ready(B, 10);
    expect(ownersOf(set)).toEqual(before);
  });

  it('are out at once when they fail, for a growing time, and back when they are found ready', () => {
    const set = setOf(A);
    const outFor: number[] = [];
    let nowMs = 0;
    for (let round = 0; round < 7; round++) {
      set.failed(A, nowMs);
      // What else fails at that moment does not count.
      set.failed(A, nowMs);
      expect(set.pick(null)).toBeNull();
      const from = nowMs;
      while (set.due(nowMs).length === 0) nowMs += 1;
      outFor.push(nowMs - from);
    }
    expect(outFor).toEqual([250, 500, 1_000, 2_000, 4_000, 4_000, 4_000]);
    set.ready(A, nowMs);
    expect(set.pick(null)?.origin).toBe(A);
    // It was ready for a moment only.
    set.failed(A, nowMs + 1);
    expect([set.due(nowMs + 3_000), set.due(nowMs + 4_001)]).toEqual([[], [A]]);
    set.ready(A, nowMs + 4_001);
    set.ready(A, nowMs + 5_001);
    set.failed(A, nowMs + 5_002);
    expect(set.due(nowMs + 5_252)).toEqual([A]);
  });

  it('that are in are asked about their readiness now and then', () => {
    const set = setOf(A, B);
    expect([set.due(999), set.due(1_000), set.due(1_001), set.due(2_000)]).toEqual([[], [A, B], [], [A, B]]);
  });

  it('that were tried for a request are left out of it', () => {
    const set = setOf(A, B);
    expect(set.pick('evt_1', new Set([A]))?.origin).toBe(B);
    expect(set.pick(null, new Set([A, B]))).toBeNull();
  });

  it('may come and go; what is known of those that stay is kept', () => {
    const set = setOf(A, B);
    set.failed(A, 0);
    set.update([A, C], 10);
    expect(set.counts).toEqual({ in: 1, out: 1 });
    expect(set.pick(null)?.origin).toBe(C);
    set.failed(B, 10);
    set.ready(B, 10);
    expect(set.counts).toEqual({ in: 1, out: 1 });
  });
});
