import { NO_OP_PATH } from '../yardsticks/no-op.ts';
import { oneTransactionPath, type OneTransactionWay } from '../yardsticks/one-transaction.ts';
import { openSection, soldByYardstick, soldOf } from '../system/facts.ts';
import { FLOOR, seated, standing } from '../system/organizer.ts';
import { newId } from '../../contracts/ids.ts';
import { checkSold, unexpected } from './checks.ts';
import type { Bench, Context } from './measure.ts';
import type { Run } from './run.ts';
import { drain, runLoad } from './runs.ts';

/** Which round of what, and where what must not be is put. */
export type Round = { round: number; problems: string[]; connections: number; warmUpMs: number; measureMs: number };

export function roundOf({ pace }: Context, round: number, problems: string[], connections = pace.connections): Round {
  return { round, problems, connections, warmUpMs: pace.warmUpMs, measureMs: pace.measureMs };
}

function closed({ system }: Bench, { pace }: Context, { connections, warmUpMs, measureMs }: Round) {
  const { jwtSecret } = system.settings.auth;
  return { urls: [system.url], jwtSecret, connections, warmUpMs, durationMs: measureMs, users: pace.users };
}

const onePlace = (eventId: string) => ({ eventId, places: [{ section: FLOOR, quantity: 1 }] });

/** The route that does nothing. A POST brings a reservation's body. */
export async function loadNoOp(bench: Bench, context: Context, method: 'GET' | 'POST', round: Round): Promise<Run> {
  const what = `no-op (${method})`;
  const bodies = method === 'POST' ? [onePlace(newId('event'))] : [];
  const params = { ...closed(bench, context, round), method, paths: [NO_OP_PATH], bodies };
  const run = await runLoad(bench, { what, round: round.round }, () => context.load.run('sameRequest', params));
  round.problems.push(...unexpected(what, run.statuses, method === 'POST' ? '201' : '200'));
  return run;
}

/** `reserve` of one place in a general-admission section that is never full; a new event each time. */
export async function loadPlaces(
  bench: Bench,
  context: Context,
  round: Round,
  urls: readonly string[] = [bench.system.url],
): Promise<Run> {
  const what = `reserve, general admission, ${round.connections} connections`;
  const eventId = await bench.organizer.makeEvent(what, standing(context.pace.capacity));
  const params = {
    ...closed(bench, context, round),
    urls,
    method: 'POST' as const,
    paths: ['/v1/seats/reserve'],
    bodies: [onePlace(eventId)],
  };
  const run = await runLoad(bench, { what, round: round.round }, () => context.load.run('sameRequest', params));
  round.problems.push(
    ...unexpected(what, run.statuses, '201'),
    ...checkSold(what, run.statuses, await soldOf(bench.seating, eventId)),
  );
  return drained(bench, context, run, round);
}

/** `reserve` of random free seats, one at a time; a new event each time. */
export async function loadSeats(bench: Bench, context: Context, round: Round, seats: number): Promise<Run> {
  const what = `reserve, ${seats.toLocaleString('en')} numbered seats, ${round.connections} connections`;
  const eventId = await bench.organizer.makeEvent(what, seated(seats));
  const params = { ...closed(bench, context, round), events: [{ eventId, seats }] };
  const run = await runLoad(bench, { what, round: round.round }, () => context.load.run('reserveSeats', params));
  round.problems.push(
    ...unexpected(what, run.statuses, '201'),
    ...checkSold(what, run.statuses, await soldOf(bench.seating, eventId)),
  );
  return drained(bench, context, run, round);
}

/** Of an event's seats are sold; the rest keeps the last reservations from being a hunt for what is left. */
const SOLD_SHARE = 0.8;
/** Bounds a load that ends when all is reserved. */
const AT_MOST_MS = 120_000;

/** So many reservations of single random seats; as many events as that takes are sold one after the other. */
export async function loadSeatCount(
  bench: Bench,
  context: Context,
  { seats, reservations }: { seats: number; reservations: number },
  round: Round,
): Promise<Run> {
  const what = `reserve of single seats, ${seats.toLocaleString('en')} an event, ${round.connections} connections`;
  const eventCount = Math.ceil(reservations / (seats * SOLD_SHARE));
  const events: { eventId: string; seats: number }[] = [];
  for (let made = 0; made < eventCount; made++)
    events.push({ eventId: await bench.organizer.makeEvent(what, seated(seats)), seats });
  const params = { ...closed(bench, context, { ...round, warmUpMs: 0, measureMs: AT_MOST_MS }), events };
  const seatsOfEach = Math.ceil(reservations / eventCount);
  const run = await runLoad(bench, { what, round: round.round }, () =>
    context.load.run('reserveSeats', { ...params, seatsOfEach }),
  );
  const sold = await Promise.all(events.map(({ eventId }) => soldOf(bench.seating, eventId)));
  const sum = (of: 'reservations' | 'quantity' | 'oversold') => sold.reduce((total, one) => total + one[of], 0);
  const all = { reservations: sum('reservations'), quantity: sum('quantity'), oversold: sum('oversold') };
  round.problems.push(...unexpected(what, run.statuses, '201'), ...checkSold(what, run.statuses, all));
  return drained(bench, context, run, round);
}

/** The same as `loadPlaces` with a transaction a request. */
export async function loadOneTransaction(bench: Bench, context: Context, how: OneTransactionWay, round: Round): Promise<Run> {
  const pipelined = how.way === 'pipelined' ? ', pipelined' : '';
  const what = `one transaction a request${pipelined}, pool of ${how.poolSize}, ${round.connections} connections`;
  const eventId = newId('event');
  await openSection(bench.yardstick, eventId, FLOOR, context.pace.capacity);
  const paths = [oneTransactionPath(how)];
  const params = { ...closed(bench, context, round), method: 'POST' as const, paths, bodies: [onePlace(eventId)] };
  const run = await runLoad(bench, { what, round: round.round }, () => context.load.run('sameRequest', params));
  const sold = await soldByYardstick(bench.yardstick, eventId);
  round.problems.push(...unexpected(what, run.statuses, '201'), ...checkSold(what, run.statuses, sold));
  return run;
}

export async function drained(bench: Bench, { pace }: Context, run: Run, { problems }: Round): Promise<Run> {
  return { ...run, drainMs: await drain(bench, pace.settleMs, problems) };
}

export function describe({ what, perSecond, latency }: Run): string {
  return `${what}: ${Math.round(perSecond).toLocaleString('en')}/s, p50 ${latency.p50Ms.toFixed(1)} ms, p95 ${latency.p95Ms.toFixed(1)} ms`;
}
