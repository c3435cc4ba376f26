/** A number from 0 to below 1, each time another. */
export type Random = () => number;

const GOLDEN = 0x9e3779b9;

/**
 * The same numbers for the same seed and stream, in every run; other streams of the seed are unlike it. Mulberry32: small and even
 * enough for behaviour, not for secrets.
 */
export function seededRandom(seed: number, stream = 0): Random {
  let state = mix(mix(seed) ^ mix(stream + GOLDEN));
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    return mix(state) / 2 ** 32;
  };
}

/** Of a list where each has a weight, one; heavier ones more often. */
export function pickWeighted(weights: readonly number[], random: Random): number {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  let left = random() * total;
  for (let i = 0; i < weights.length; i++) {
    left -= weights[i] ?? 0;
    if (left < 0) return i;
  }
  return Math.max(
    0,
    weights.findLastIndex((weight) => weight > 0),
  );
}

/** Waiting times as of things that happen by chance: often short, sometimes long. */
export function exponential(mean: number, random: Random): number {
  return -Math.log(1 - random()) * mean;
}

function mix(value: number): number {
  let mixed = value | 0;
  mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
  mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
  return (mixed ^ (mixed >>> 14)) >>> 0;
}
