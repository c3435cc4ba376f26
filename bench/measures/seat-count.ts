import { soldOf } from '../system/facts.ts';
import { seated } from '../system/organizer.ts';
import { checkSold, unexpected } from './checks.ts';
import { describe, drained, roundOf } from './loads.ts';
import type { Bench, Context, Measure } from './measure.ts';
import { runLoad, type Run } from './runs.ts';

/** So many times the seats: 100,000 against 1,000. */
const FACTOR = 100;
/** Of a small event's seats are sold; the rest keeps the last ones from being a hunt for what is left. */
const SOLD_SHARE = 0.8;
/** Small events, one after the other, to have as many reservations as the large one gives. */
const SMALL_EVENTS = 10;

/** Reservations of single random seats, in one large event and in small ones, in turn. */
export const seatCount: Measure = {
  name: 'seats',
  what: 'reserve latency with 100,000 seats ÷ with 1,000 seats',
  run: (context) =>
    context.withSystem({}, async (bench) => {
      const { pace, note } = context;
      const problems: string[] = [];
      const runs: Run[] = [];
      const figures = { seatCount: [] as number[] };
      const ofSmall = pace.seats / FACTOR;
      const reservations = Math.floor(SMALL_EVENTS * ofSmall * SOLD_SHARE);
      // Round 0 warms up what is compiled while it runs, and is not measured.
      for (let round = 0; round <= pace.rounds; round++) {
        const small = await reserveIn(bench, context, Array<number>(SMALL_EVENTS).fill(ofSmall), reservations, round, problems);
        const large = await reserveIn(bench, context, [pace.seats], reservations, round, problems);
        runs.push(small, large);
        note(`${describe(large)}; ${describe(small)}`);
        if (round > 0) figures.seatCount.push(large.latency.p50Ms / small.latency.p50Ms);
      }
      return { figures, runs, problems, details: { compared: 'the medians of the latencies', reservations } };
    }),
};

async function reserveIn(
  bench: Bench,
  context: Context,
  sizes: readonly number[],
  reservations: number,
  round: number,
  problems: string[],
): Promise<Run> {
  const { pace, load } = context;
  const { url, settings } = bench.system;
  const what = `reserve of single seats, ${(sizes[0] ?? 0).toLocaleString('en')} seats an event`;
  const events: { eventId: string; seats: number }[] = [];
  for (const seats of sizes) events.push({ eventId: await bench.organizer.makeEvent(what, seated(seats)), seats });
  const made = await runLoad(bench, { what, round }, () =>
    load.run('reserveSeats', {
      urls: [url],
      jwtSecret: settings.auth.jwtSecret,
      connections: pace.fewConnections,
      warmUpMs: 0,
      // Ends when all are reserved; the time only bounds it.
      durationMs: 60_000,
      users: pace.users,
      events,
      seatsOfEach: reservations / sizes.length,
    }),
  );
  const sold = await Promise.all(events.map(({ eventId }) => soldOf(bench.seating, eventId)));
  const sum = (of: 'reservations' | 'quantity' | 'oversold') => sold.reduce((total, one) => total + one[of], 0);
  const all = { reservations: sum('reservations'), quantity: sum('quantity'), oversold: sum('oversold') };
  problems.push(...unexpected(what, made.statuses, '201'), ...checkSold(what, made.statuses, all));
  return drained(bench, context, made, roundOf(context, round, problems));
}
