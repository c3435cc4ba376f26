/**
 * Counts durations in buckets that grow with them, so that any percentile is right to 1 % whatever the range, in a few kilobytes: as
 * HdrHistogram does it, without its options.
 */
export type Histogram = {
  /** @param ms from 0 to about an hour; longer counts as an hour */
  add(ms: number): void;
  merge(other: HistogramData): void;
  /** The duration that this share of all does not exceed, in milliseconds; 0 when there are none. @param share 0 to 1 */
  percentileMs(share: number): number;
  readonly count: number;
  readonly meanMs: number;
  readonly maxMs: number;
  data(): HistogramData;
};

/** Can be sent to another process and merged there. */
export type HistogramData = { counts: [bucket: number, count: number][]; sumMs: number; maxMs: number };

/** Buckets a power of two, of microseconds: a bucket is at most 1/64 wide of what it counts. */
const PER_POWER = 64;
const POWERS = 32;
const MAX_US = 2 ** 32 - 1;

export function createHistogram(): Histogram {
  const counts = new Float64Array(PER_POWER * POWERS);
  let count = 0;
  let sumMs = 0;
  let maxMs = 0;
  const tally = (bucket: number, of: number): void => {
    counts[bucket] = (counts[bucket] ?? 0) + of;
    count += of;
  };
  return {
    add(ms) {
      tally(bucketOf(ms), 1);
      sumMs += ms;
      if (ms > maxMs) maxMs = ms;
    },
    merge(other) {
      for (const [bucket, of] of other.counts) tally(bucket, of);
      sumMs += other.sumMs;
      maxMs = Math.max(maxMs, other.maxMs);
    },
    percentileMs(share) {
      const wanted = Math.max(1, Math.ceil(share * count));
      let seen = 0;
      for (let bucket = 0; bucket < counts.length; bucket++) {
        seen += counts[bucket] ?? 0;
        if (seen >= wanted) return Math.min(middleMs(bucket), maxMs);
      }
      return 0;
    },
    get count() {
      return count;
    },
    get meanMs() {
      return count === 0 ? 0 : sumMs / count;
    },
    get maxMs() {
      return maxMs;
    },
    data() {
      const used: [number, number][] = [];
      counts.forEach((of, bucket) => {
        if (of > 0) used.push([bucket, of]);
      });
      return { counts: used, sumMs, maxMs };
    },
  };
}

/** Below 64 µs a bucket a microsecond; above, 64 buckets for each doubling. */
function bucketOf(ms: number): number {
  const us = Math.min(Math.max(Math.round(ms * 1_000), 0), MAX_US);
  if (us < PER_POWER) return us;
  const power = 25 - Math.clz32(us);
  return PER_POWER * (power + 1) + (Math.floor(us / 2 ** power) - PER_POWER);
}

function middleMs(bucket: number): number {
  if (bucket < PER_POWER) return bucket / 1_000;
  const power = Math.floor(bucket / PER_POWER) - 1;
  return ((PER_POWER + (bucket % PER_POWER) + 0.5) * 2 ** power) / 1_000;
}
