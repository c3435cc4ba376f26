import { settle } from '../../verify/settle.ts';
import { createHistogram, type HistogramData } from '../load/histogram.ts';
import { perSecond, type LoadResult, type Statuses } from '../load/tally.ts';
import { usageOf } from '../system/usage.ts';
import type { Bench } from './measure.ts';
import type { Latency, Run } from './run.ts';

export function latencyOf(data: HistogramData): Latency {
  const histogram = createHistogram();
  histogram.merge(data);
  const at = (share: number): number => histogram.percentileMs(share);
  return { meanMs: histogram.meanMs, p50Ms: at(0.5), p95Ms: at(0.95), p99Ms: at(0.99), maxMs: histogram.maxMs };
}

/** Makes a load and notes what it cost the system. */
export async function runLoad(
  { system }: Bench,
  { what, round }: { what: string; round: number },
  load: () => Promise<LoadResult>,
): Promise<Run> {
  const before = systemCpu(system);
  const result = await load();
  const after = systemCpu(system);
  const requests = totalOf(result.total);
  return {
    what,
    round,
    perSecond: perSecond(result),
    latency: latencyOf(result.measured.latency),
    statuses: result.total,
    generator: result.cost,
    cpuMs:
      before === null || after === null || requests === 0
        ? null
        : { node: (after.node - before.node) / requests, postgres: (after.postgres - before.postgres) / requests },
    drainMs: null,
  };
}

/** CPU time so far. */
function systemCpu({ pid, postgresPid }: Bench['system']): { node: number; postgres: number } | null {
  const node = usageOf(pid, 'alone');
  const server = postgresPid();
  const postgres = server === null ? null : usageOf(server, 'with all below');
  return node === null || postgres === null ? null : { node: node.cpuMs, postgres: postgres.cpuMs };
}

/** Waits until nothing of the last load is under way, so that the next is not measured with its rest. @returns how long that took */
export async function drain({ databases }: Bench, settleMs: number, problems: string[]): Promise<number> {
  const startMs = performance.now();
  const busy = await settle(databases, settleMs);
  for (const what of busy) problems.push(`after ${settleMs / 1_000} s, ${what}`);
  return performance.now() - startMs;
}

export function totalOf(statuses: Statuses): number {
  return Object.values(statuses).reduce((sum, count) => sum + count, 0);
}
