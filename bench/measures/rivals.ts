import type { LoadResult } from '../load/tally.ts';
import { soldOf } from '../system/facts.ts';
import { seated } from '../system/organizer.ts';
import { checkSold, unexpected } from './checks.ts';
import { drained, roundOf } from './loads.ts';
import type { Measure } from './measure.ts';
import type { Run } from './run.ts';
import { runLoad } from './runs.ts';

/** One seat wanted by many at once. */
export const rivals: Measure = {
  name: 'rivals',
  what: 'one seat wanted by 1,000 buyers at once',
  run: (context) =>
    context.withSystem({}, async (bench) => {
      const { pace, note, load } = context;
      const { url, settings } = bench.system;
      const problems: string[] = [];
      const runs: Run[] = [];
      const figures = { winners: [] as number[], rivals: [] as number[] };
      // Round 0 warms up what is compiled while it runs, and is not measured.
      for (let round = 0; round <= pace.rounds; round++) {
        const what = `one seat, ${pace.rivals} rivals`;
        const eventId = await bench.organizer.makeEvent(what, seated(1));
        const params = { url, jwtSecret: settings.auth.jwtSecret, eventId, seatId: 1, rivals: pace.rivals };
        const made = await runLoad(bench, { what, round }, async () => {
          const result = await load.run('rivals', params);
          // Losers are answered as well; all of them are what is measured here.
          return { ...result, measured: { ...result.measured, latency: everybody(result.measured) } };
        });
        const sold = await soldOf(bench.seating, eventId);
        problems.push(...unexpected(what, made.statuses, '201', '409'), ...checkSold(what, made.statuses, sold));
        const run = await drained(bench, context, made, roundOf(context, round, problems));
        runs.push(run);
        const winners = Math.max(made.statuses['201'] ?? 0, sold.reservations);
        note(
          `${what}: ${winners} won, p95 ${run.latency.p95Ms.toFixed(1)} ms, the last after ${run.latency.maxMs.toFixed(1)} ms`,
        );
        if (winners !== 1) problems.push(`${what}: ${winners} won`);
        if (round === 0) continue;
        figures.winners.push(winners);
        figures.rivals.push(run.latency.p95Ms);
      }
      return { figures, runs, problems };
    }),
};

type MeasuredLoad = LoadResult['measured'];

function everybody({ latency, refusalLatency }: MeasuredLoad): MeasuredLoad['latency'] {
  return {
    counts: [...latency.counts, ...refusalLatency.counts],
    sumMs: latency.sumMs + refusalLatency.sumMs,
    maxMs: Math.max(latency.maxMs, refusalLatency.maxMs),
  };
}
