import { seated } from '../system/organizer.ts';
import { unexpected } from './checks.ts';
import { describe, loadNoOp, roundOf } from './loads.ts';
import type { Measure } from './measure.ts';
import type { Run } from './run.ts';
import { runLoad } from './runs.ts';

/** As of an arena; its statuses are an answer of 20 kB. */
const SEATS = 20_000;

/** What everybody reads, against the route that does nothing; all three with a token. */
export const reads: Measure = {
  name: 'reads',
  what: 'status and availability ÷ a route that does nothing',
  run: (context) =>
    context.withSystem({}, async (bench) => {
      const { pace, note, load } = context;
      const { url, settings } = bench.system;
      const problems: string[] = [];
      const runs: Run[] = [];
      const figures = { status: [] as number[], availability: [] as number[], statusUnchanged: [] as number[] };
      const seats = Math.min(SEATS, pace.seats);
      const eventId = await bench.organizer.makeEvent('Reads', seated(seats));
      const statusPath = `/v1/seats/status?eventId=${eventId}`;
      const etag = (await fetch(url + statusPath)).headers.get('etag') ?? '';
      const read = async (what: string, path: string, round: number, headers: Record<string, string>, status: string) => {
        const run = await runLoad(bench, { what, round }, () =>
          load.run('sameRequest', {
            urls: [url],
            jwtSecret: settings.auth.jwtSecret,
            connections: pace.connections,
            warmUpMs: pace.warmUpMs,
            durationMs: pace.measureMs,
            users: pace.users,
            method: 'GET',
            paths: [path],
            headers,
          }),
        );
        problems.push(...unexpected(what, run.statuses, status));
        runs.push(run);
        note(describe(run));
        return run.perSecond;
      };
      // Round 0 warms up what is compiled while it runs, and is not measured.
      for (let round = 0; round <= pace.rounds; round++) {
        const noOp = await loadNoOp(bench, context, 'GET', roundOf(context, round, problems));
        runs.push(noOp);
        note(describe(noOp));
        const status = await read(`status of ${seats.toLocaleString('en')} seats`, statusPath, round, {}, '200');
        const availability = await read('availability', `/v1/seats/availability?eventId=${eventId}`, round, {}, '200');
        const unchanged = await read('status, unchanged', statusPath, round, { 'if-none-match': etag }, '304');
        if (round === 0) continue;
        figures.status.push(status / noOp.perSecond);
        figures.availability.push(availability / noOp.perSecond);
        figures.statusUnchanged.push(unchanged / noOp.perSecond);
      }
      return { figures, runs, problems };
    }),
};
