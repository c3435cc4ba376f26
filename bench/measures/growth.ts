import { FLOOR, standing } from '../system/organizer.ts';
import { unexpected } from './checks.ts';
import { describe, drained, loadPlaces, loadSeatCount, roundOf } from './loads.ts';
import type { Bench, Context, Measure, Measured } from './measure.ts';
import { overload } from './overload.ts';
import type { Run } from './run.ts';
import { runLoad } from './runs.ts';

const SEATS = [1_000, 10_000, 100_000];
const EVENTS = [1, 10, 100, 1_000];
const CONNECTIONS = [10, 100, 400, 1_000, 2_000];
const PROCESSES = [1, 2, 4];

type Load = (size: number, round: number, problems: string[]) => Promise<Run>;

/** The same load as something grows: every size once a round. */
async function grow({ pace, note }: Context, sizes: readonly number[], load: Load): Promise<Measured> {
  const problems: string[] = [];
  const runs: Run[] = [];
  // Round 0 warms up what is compiled while it runs, and is not measured.
  for (let round = 0; round <= pace.rounds; round++) {
    for (const size of round === 0 ? sizes.slice(0, 1) : sizes) {
      const run = await load(size, round, problems);
      note(describe(run));
      runs.push(run);
    }
  }
  return { figures: {}, runs, problems };
}

function bySeats(name: string, what: string, connectionsOf: (pace: Context['pace']) => number): Measure {
  return {
    name,
    what,
    run: (context) =>
      context.withSystem({}, (bench) => {
        const { pace } = context;
        const sizes = SEATS.map((seats) => (seats * pace.seats) / 100_000);
        return grow(context, sizes, (seats, round, problems) => {
          const { reservations } = pace;
          return loadSeatCount(bench, context, { seats, reservations }, roundOf(context, round, problems, connectionsOf(pace)));
        });
      }),
  };
}

const byEvents: Measure = {
  name: 'events',
  what: 'reserve with 1 to 1,000 open events',
  run: (context) =>
    context.withSystem({}, async (bench) => {
      const sizes = EVENTS.filter((events) => events <= context.pace.events);
      const eventIds: string[] = [];
      for (let made = 0; made < context.pace.events; made++)
        eventIds.push(await bench.organizer.makeEvent(`Event ${made}`, standing(context.pace.capacity)));
      return grow(context, sizes, (events, round, problems) =>
        loadEvents(bench, context, eventIds.slice(0, events), roundOf(context, round, problems)),
      );
    }),
};

/** One place of each event in turn. */
async function loadEvents(
  bench: Bench,
  context: Context,
  eventIds: readonly string[],
  round: ReturnType<typeof roundOf>,
): Promise<Run> {
  const { pace, load } = context;
  const what = `reserve, ${eventIds.length.toLocaleString('en')} open events`;
  const run = await runLoad(bench, { what, round: round.round }, () =>
    load.run('sameRequest', {
      urls: [bench.system.url],
      jwtSecret: bench.system.settings.auth.jwtSecret,
      connections: pace.connections,
      warmUpMs: pace.warmUpMs,
      durationMs: pace.measureMs,
      users: pace.users,
      method: 'POST',
      paths: ['/v1/seats/reserve'],
      bodies: eventIds.map((eventId) => ({ eventId, places: [{ section: FLOOR, quantity: 1 }] })),
    }),
  );
  round.problems.push(...unexpected(what, run.statuses, '201'));
  return drained(bench, context, run, round);
}

const byConnections: Measure = {
  name: 'connections',
  what: 'reserve with 10 to 2,000 connections',
  run: (context) =>
    context.withSystem({}, (bench) => {
      const sizes = CONNECTIONS.filter((connections) => connections <= context.pace.mostConnections);
      return grow(context, sizes, (connections, round, problems) =>
        loadPlaces(bench, context, roundOf(context, round, problems, connections)),
      );
    }),
};

/** Whole programs on one PostgreSQL server, each with its share of the connections: any of them may sell any seat. */
const byProcesses: Measure = {
  name: 'processes',
  what: 'reserve with 1 to 4 processes on one database server',
  async run(context) {
    const all: Measured[] = [];
    for (const processes of PROCESSES) {
      const measured = await context.withProcesses(processes, (bench, urls) =>
        grow(context, [processes], async (_, round, problems) => {
          const run = await loadPlaces(bench, context, roundOf(context, round, problems), urls);
          return { ...run, what: `${run.what}, ${processes} ${processes === 1 ? 'process' : 'processes'}` };
        }),
      );
      all.push(measured);
    }
    return { figures: {}, runs: all.flatMap(({ runs }) => runs), problems: all.flatMap(({ problems }) => problems) };
  },
};

/** How figures change as things grow, and what too much does. */
export const GROWTH: readonly Measure[] = [
  bySeats('seats', 'reserve latency with 1,000 to 100,000 seats an event', ({ fewConnections }) => fewConnections),
  bySeats('seats-rush', 'reserve throughput with 1,000 to 100,000 seats an event', ({ connections }) => connections),
  byEvents,
  byConnections,
  byProcesses,
  overload,
];
