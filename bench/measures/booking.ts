import { sql } from '../../platform/postgres/database.ts';
import type { BookingsResult } from '../workloads/bookings.ts';
import { STEPS } from '../workloads/purchase.ts';
import { FLOOR, standing } from '../system/organizer.ts';
import { soldOf } from '../system/facts.ts';
import type { Bench, Context, Measure } from './measure.ts';
import type { Latency } from './run.ts';
import { drain, latencyOf } from './runs.ts';

const LIVE_TICKETS = sql(
  'bench.live_tickets',
  `select count(*)::integer as tickets from ticket where event_id = $1 and status <> 'REVOKED'`,
);
/** The simulator's own success rate, so some purchases end with a decline. */
const DEFAULT_DELAY = { PAYMENT_LATENCY_MS: '100-500', PAYMENT_SUCCESS_RATE: '0.95' };

type Row = Record<string, string | number>;
type Way = { what: string; connections: number; declines: boolean };

/** From the request to reserve to the ticket in hand. */
export const booking: Measure = {
  name: 'booking',
  what: 'reserve sent → ticket readable',
  async run(context) {
    const { pace } = context;
    const problems: string[] = [];
    const rows: Row[] = [];
    const figures = { booking: [] as number[], bookingFew: [] as number[], bookingDefault: [] as number[] };
    await context.withSystem({}, async (bench) => {
      const many = { what: 'no payment delay', connections: pace.connections, declines: false };
      const few = { ...many, connections: pace.fewConnections };
      await buy(bench, context, few, 0, [], problems);
      for (let round = 1; round <= pace.rounds; round++) {
        figures.booking.push((await buy(bench, context, many, round, rows, problems)).p95Ms);
        figures.bookingFew.push((await buy(bench, context, few, round, rows, problems)).p95Ms);
      }
    });
    await context.withSystem(DEFAULT_DELAY, async (bench) => {
      const way = { what: 'default payment delay', connections: pace.fewConnections, declines: true };
      await buy(bench, context, way, 0, [], problems);
      for (let round = 1; round <= pace.rounds; round++)
        figures.bookingDefault.push((await buy(bench, context, way, round, rows, problems)).p95Ms);
    });
    return { figures, runs: [], problems, tables: [{ title: 'Bookings: milliseconds of each step', rows }] };
  },
};

async function buy(
  bench: Bench,
  context: Context,
  { what, connections, declines }: Way,
  round: number,
  rows: Row[],
  problems: string[],
): Promise<Latency> {
  const { pace, load, note } = context;
  const { url, settings } = bench.system;
  const eventId = await bench.organizer.makeEvent(what, standing(pace.capacity));
  const result = await load.run('bookings', {
    urls: [url],
    jwtSecret: settings.auth.jwtSecret,
    connections,
    warmUpMs: pace.warmUpMs,
    durationMs: pace.measureMs,
    eventId,
    section: FLOOR,
  });
  const drainMs = await drain(bench, pace.settleMs, problems);
  problems.push(...(await checkBooked(bench, eventId, result, declines)).map((problem) => `bookings, ${what}: ${problem}`));
  const whole = latencyOf(result.latency.whole);
  if (result.latency.whole.counts.length === 0) problems.push(`bookings, ${what}: nobody had a ticket within the measured time`);
  const perSecond = (result.measured.booked / result.measured.elapsedMs) * 1_000;
  note(
    `bookings, ${what}, ${connections} buyers: ${perSecond.toFixed(0)}/s, p50 ${whole.p50Ms.toFixed(1)} ms, p95 ${whole.p95Ms.toFixed(1)} ms`,
  );
  const steps = STEPS.map((step) => [`${step} p95`, latencyOf(result.latency[step]).p95Ms] as const);
  rows.push({
    what,
    buyers: connections,
    round,
    'booked/s': perSecond,
    ...Object.fromEntries(steps),
    'whole p50': whole.p50Ms,
    drain: drainMs,
  });
  return whole;
}

/** Everybody who read a ticket has one, and nobody has one who did not come so far. */
async function checkBooked(
  { seating, databases }: Bench,
  eventId: string,
  { booked, stopped }: BookingsResult,
  declines: boolean,
): Promise<string[]> {
  const problems: string[] = [];
  const [found] = (await databases.get('orders')?.rows<{ tickets: number }>(LIVE_TICKETS, [eventId])) ?? [];
  if (found?.tickets !== booked)
    problems.push(`${booked} buyers read their ticket, and the database has ${found?.tickets} tickets`);
  const { oversold } = await soldOf(seating, eventId);
  if (oversold > 0) problems.push(`OVERSOLD by ${oversold}`);
  for (const [where, count] of Object.entries(stopped))
    if (!declines || where !== 'charge: 402') problems.push(`${count} purchases stopped at ${where}`);
  return problems;
}
