import { soldOf } from '../system/facts.ts';
import { FLOOR, standing } from '../system/organizer.ts';
import { usageOf } from '../system/usage.ts';
import { checkSold, unexpected } from './checks.ts';
import { loadPlaces, roundOf } from './loads.ts';
import type { Bench, Context, Measure } from './measure.ts';
import { drain, latencyOf, totalOf } from './runs.ts';

/** Of what it can do at most. */
const SHARES = [0.5, 1, 2];
const MEGABYTE = 2 ** 20;

/** Buyers who come at a rate of their own, up to twice as many as can be served: how those fare who are, and how the others hear. */
export const overload: Measure = {
  name: 'overload',
  what: 'twice as many requests as can be served',
  run: (context) =>
    context.withSystem({}, async (bench) => {
      const { note } = context;
      const problems: string[] = [];
      await loadPlaces(bench, context, roundOf(context, 0, problems));
      const { perSecond: most } = await loadPlaces(bench, context, roundOf(context, 1, problems));
      const rows: Record<string, string | number>[] = [];
      for (const share of SHARES) {
        const row = { rate: `${share} ×`, ...(await comeAt(bench, context, most * share, problems)) };
        rows.push(row);
        note(`overload: ${JSON.stringify(row)}`);
      }
      const title = `Buyers at a rate of their own; with 400 connections it does ${Math.round(most).toLocaleString('en')} a second`;
      return { figures: {}, runs: [], problems, tables: [{ title, rows }], details: { most } };
    }),
};

async function comeAt(bench: Bench, { pace, load }: Context, perSecond: number, problems: string[]) {
  const { url, pid, settings } = bench.system;
  const eventId = await bench.organizer.makeEvent('Overload', standing(pace.capacity));
  const result = await load.run('overload', {
    urls: [url],
    jwtSecret: settings.auth.jwtSecret,
    warmUpMs: pace.warmUpMs,
    durationMs: pace.measureMs,
    users: pace.users,
    eventId,
    section: FLOOR,
    perSecond,
    maxConnections: pace.overloadConnections,
  });
  const memory = usageOf(pid, 'alone');
  const what = `overload, ${Math.round(perSecond)} a second`;
  problems.push(...unexpected(what, result.total, '201', '429', '503'));
  problems.push(...checkSold(what, result.total, await soldOf(bench.seating, eventId)));
  await drain(bench, pace.settleMs, problems);
  const accepted = latencyOf(result.measured.latency);
  const refused = latencyOf(result.measured.refusalLatency);
  const seconds = result.measured.elapsedMs / 1_000;
  const served = result.measured.statuses['201'] ?? 0;
  return {
    'wanted/s': Math.round(perSecond),
    'accepted/s': Math.round(served / seconds),
    'accepted p50 ms': accepted.p50Ms,
    'accepted p95 ms': accepted.p95Ms,
    'refused/s': Math.round((totalOf(result.measured.statuses) - served) / seconds),
    'refused p95 ms': refused.p95Ms,
    codes: Object.entries(result.codes)
      .map(([code, count]) => `${code} ${count}`)
      .join(', '),
    'no connection': result.notSent,
    'Node MB': Math.round((memory?.memoryBytes ?? 0) / MEGABYTE),
    generator: `${Math.round(result.cost.cpuShare * 100)} %, loop ${Math.round(result.cost.eventLoopUtilization * 100)} %`,
  };
}
