/** What the rounds of a run gave for one figure. */
export type Summary = { median: number; min: number; max: number; samples: readonly number[] };

/** Null when nothing was measured. */
export function summaryOf(samples: readonly number[]): Summary | null {
  if (samples.length === 0) return null;
  const sorted = samples.toSorted((a, b) => a - b);
  return { median: medianOf(sorted), min: sorted[0] ?? NaN, max: sorted.at(-1) ?? NaN, samples };
}

/** Of sorted numbers, at least one. */
function medianOf(sorted: readonly number[]): number {
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? NaN) + upper) / 2;
}

/** The distance of the extremes in parts of the median. */
export function spreadOf({ median, min, max }: Summary): number {
  return median === 0 ? 0 : (max - min) / Math.abs(median);
}
