/**
 * Limits requests per key by the generic cell rate algorithm: a key may send `perMinute` at once and then goes on at that rate.
 * It keeps one number per key, the time at which the key's allowance will be whole again.
 */
export type RateLimit = {
  /** Takes one request of a key. @returns 0 when it may pass, else the milliseconds until the next one may */
  take(key: string, nowMs: number): number;
};

const MINUTE_MS = 60_000;
/** Sums of fractions of a millisecond are not exact. */
const TOLERANCE_MS = 0.01;

/**
 * @param maxKeys how many keys are remembered at least within a minute; beyond twice that many the eldest are forgotten, which
 *   lets them send again: a flood of addresses must not cost memory without bound
 */
export function createRateLimit(perMinute: number, maxKeys: number): RateLimit {
  const stepMs = MINUTE_MS / perMinute;
  let young = new Map<string, number>();
  let old = new Map<string, number>();
  let turnedAtMs = -Infinity;
  return {
    take: (key, nowMs) => {
      // What nobody touched for a minute is whole again, so it need not be known.
      if (nowMs - turnedAtMs > MINUTE_MS || young.size >= maxKeys) {
        old = young;
        young = new Map();
        turnedAtMs = nowMs;
      }
      const wholeAtMs = Math.max(young.get(key) ?? old.get(key) ?? nowMs, nowMs);
      const waitMs = wholeAtMs + stepMs - nowMs - MINUTE_MS;
      if (waitMs > TOLERANCE_MS) return waitMs;
      young.set(key, wholeAtMs + stepMs);
      return 0;
    },
  };
}
