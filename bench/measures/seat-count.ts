import { describe, loadSeatCount, roundOf } from './loads.ts';
import type { Measure } from './measure.ts';
import type { Run } from './run.ts';

/** So many times the seats: 100,000 against 1,000. */
const FACTOR = 100;

/** Reservations of single random seats, in one large event and in small ones, in turn. The medians of the latencies are compared. */
export const seatCount: Measure = {
  name: 'seats',
  what: 'reserve latency with 100,000 seats ÷ with 1,000 seats',
  run: (context) =>
    context.withSystem({}, async (bench) => {
      const { pace, note } = context;
      const problems: string[] = [];
      const runs: Run[] = [];
      const figures = { seatCount: [] as number[], seatCountTail: [] as number[] };
      const { reservations, fewConnections } = pace;
      // Round 0 warms up what is compiled while it runs, and is not measured.
      for (let round = 0; round <= pace.rounds; round++) {
        const once = roundOf(context, round, problems, fewConnections);
        const small = await loadSeatCount(bench, context, { seats: pace.seats / FACTOR, reservations }, once);
        const large = await loadSeatCount(bench, context, { seats: pace.seats, reservations }, once);
        runs.push(small, large);
        note(`${describe(large)}; ${describe(small)}`);
        if (round === 0) continue;
        figures.seatCount.push(large.latency.p50Ms / small.latency.p50Ms);
        figures.seatCountTail.push(large.latency.p95Ms / small.latency.p95Ms);
      }
      return { figures, runs, problems };
    }),
};
