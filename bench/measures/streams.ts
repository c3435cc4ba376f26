import { createHistogram } from '../load/histogram.ts';
import { seated } from '../system/organizer.ts';
import { usageOf } from '../system/usage.ts';
import type { SeatChange } from '../workloads/streams.ts';
import type { Measure } from './measure.ts';

const MEGABYTE = 1_000_000;

/** Many open streams, and how long it takes until all of them have told of a seat. */
export const streams: Measure = {
  name: 'streams',
  what: 'a seat change reaches 10,000 open streams',
  run: (context) =>
    context.withSystem({}, async (bench) => {
      const { pace, note, load } = context;
      const { url, settings, pid } = bench.system;
      const problems: string[] = [];
      const wanted = pace.rounds * pace.changes;
      const eventId = await bench.organizer.makeEvent('Streams', seated(Math.max(1_000, wanted)));
      const before = usageOf(pid, 'alone');
      const result = await load.run('streams', {
        url,
        jwtSecret: settings.auth.jwtSecret,
        eventId,
        streams: pace.streams,
        changes: wanted,
        everyMs: pace.changeEveryMs,
      });
      const after = usageOf(pid, 'alone');
      if (result.open !== pace.streams) problems.push(`streams: of ${pace.streams}, ${result.open} were open at the end`);
      const rounds = Array.from({ length: pace.rounds }, (_, round) =>
        result.changes.slice(round * pace.changes, (round + 1) * pace.changes),
      );
      const rows = rounds.map((changes, index) => {
        const missed = changes.filter(({ lastMs }) => lastMs === null).length;
        if (missed > 0) problems.push(`streams: ${missed} seat changes did not reach all streams`);
        return { round: index + 1, ...timesOf(changes) };
      });
      for (const row of rows)
        note(`${pace.streams} streams: all had a change after ${row['all, p50 ms']} ms (p50), ${row['all, p99 ms']} ms (p99)`);
      return {
        figures: {
          streams: rows.map((row) => row['all, p99 ms']),
          streamsMedian: rows.map((row) => row['all, p50 ms']),
        },
        runs: [],
        problems,
        tables: [{ title: `A seat change and ${pace.streams.toLocaleString('en')} open streams, from the request sent`, rows }],
        details: {
          openingMs: result.openingMs,
          generator: result.cost,
          megabytesOfNodeBefore: before && before.memoryBytes / MEGABYTE,
          megabytesOfNodeAfter: after && after.memoryBytes / MEGABYTE,
          cpuMsAChange: before && after && (after.cpuMs - before.cpuMs) / wanted,
        },
      };
    }),
};

/** `all`: when the last stream had it, over the changes. `one`: over all streams and changes. */
function timesOf(changes: readonly SeatChange[]) {
  const all = createHistogram();
  const one = createHistogram();
  const answered = createHistogram();
  for (const change of changes) {
    all.add(change.lastMs ?? Infinity);
    one.merge(change.arrivals);
    answered.add(change.answeredMs);
  }
  const rounded = (ms: number): number => Math.round(ms * 10) / 10;
  return {
    'all, p50 ms': rounded(all.percentileMs(0.5)),
    'all, p99 ms': rounded(all.percentileMs(0.99)),
    'one, p50 ms': rounded(one.percentileMs(0.5)),
    'one, p99 ms': rounded(one.percentileMs(0.99)),
    'the answer, p50 ms': rounded(answered.percentileMs(0.5)),
  };
}
