import type { ProcessCost } from './cost.ts';
import { createHistogram, type HistogramData } from './histogram.ts';

/** How many answers had which status; `lost`: no answer. */
export type Statuses = Record<string, number>;

export type LoadResult = {
  /** All that was sent. */
  total: Statuses;
  /** What was answered within the measured time. */
  measured: {
    statuses: Statuses;
    elapsedMs: number;
    /** Of answers with 2xx or 304. */
    latency: HistogramData;
    /** Of all other answers. */
    refusalLatency: HistogramData;
  };
  /** What the generator itself spent. */
  cost: ProcessCost;
};

export type Tally = {
  /** @param status null: the connection was lost before the answer */
  add(status: number | null, sentAtMs: number): void;
  result(): LoadResult;
};

/** Counts answers between two moments of `performance.now()`. When the load ends before the second, that is the measured time's end. */
export function createTally(startMs: number, endMs: number, costSoFar: () => ProcessCost): Tally {
  const total: Statuses = {};
  const statuses: Statuses = {};
  const latency = createHistogram();
  const refusalLatency = createHistogram();
  let lastMs = startMs;
  return {
    add(status, sentAtMs) {
      const nowMs = performance.now();
      const name = status === null ? 'lost' : String(status);
      total[name] = (total[name] ?? 0) + 1;
      if (nowMs < startMs || nowMs > endMs) return;
      lastMs = nowMs;
      statuses[name] = (statuses[name] ?? 0) + 1;
      if (status === null) return;
      (isGood(status) ? latency : refusalLatency).add(nowMs - sentAtMs);
    },
    result() {
      const endedEarly = performance.now() < endMs;
      const elapsedMs = Math.max((endedEarly ? lastMs : endMs) - startMs, 0);
      const measured = { statuses, elapsedMs, latency: latency.data(), refusalLatency: refusalLatency.data() };
      return { total, measured, cost: costSoFar() };
    },
  };
}

export function isGood(status: number): boolean {
  return (status >= 200 && status < 300) || status === 304;
}

/** Good answers a second. */
export function perSecond({ measured: { statuses, elapsedMs } }: LoadResult): number {
  const good = Object.entries(statuses).reduce((sum, [status, count]) => sum + (isGood(Number(status)) ? count : 0), 0);
  return elapsedMs === 0 ? 0 : (good / elapsedMs) * 1_000;
}
