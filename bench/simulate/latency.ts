import { createHistogram, type Histogram, type HistogramData } from '../load/histogram.ts';

/** Latencies of one step, over the whole run and second by second. */
export type LatencySeries = {
  add(ms: number, atSecond: number): void;
  readonly total: Histogram;
  /** Seconds in which there was any, ascending. */
  seconds(): { second: number; histogram: Histogram }[];
  /** So many seconds before this one together, for a live view. */
  recent(beforeSecond: number, seconds: number): Histogram;
};

/** Histograms that are still added to; a second that is over is kept in its small form. */
const OPEN_SECONDS = 3;

export function createLatencySeries(): LatencySeries {
  const total = createHistogram();
  const open = new Map<number, Histogram>();
  const closed = new Map<number, HistogramData>();

  function histogramOf(second: number): Histogram {
    const known = open.get(second);
    if (known !== undefined) return known;
    const made = createHistogram();
    const before = closed.get(second);
    if (before !== undefined) made.merge(before);
    closed.delete(second);
    if (open.size >= OPEN_SECONDS) close(Math.min(...open.keys()));
    open.set(second, made);
    return made;
  }

  function close(second: number): void {
    const data = open.get(second)?.data();
    open.delete(second);
    if (data !== undefined) closed.set(second, data);
  }

  function read(second: number): Histogram | null {
    const data = open.get(second)?.data() ?? closed.get(second);
    if (data === undefined) return null;
    const histogram = createHistogram();
    histogram.merge(data);
    return histogram;
  }

  return {
    total,
    add(ms, atSecond) {
      total.add(ms);
      histogramOf(Math.max(0, Math.floor(atSecond))).add(ms);
    },
    seconds: () =>
      [...open.keys(), ...closed.keys()]
        .toSorted((a, b) => a - b)
        .flatMap((second) => {
          const histogram = read(second);
          return histogram === null ? [] : [{ second, histogram }];
        }),
    recent(beforeSecond, seconds) {
      const sum = createHistogram();
      for (let second = beforeSecond - seconds; second < beforeSecond; second++) {
        const data = open.get(second)?.data() ?? closed.get(second);
        if (data !== undefined) sum.merge(data);
      }
      return sum;
    },
  };
}
