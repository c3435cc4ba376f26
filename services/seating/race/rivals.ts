import { newId } from '../../../contracts/ids.ts';
import type { Database, Statement, Tx } from '../../../platform/postgres/database.ts';
import { openDatabase } from '../../../platform/postgres/pool.ts';
import type { Selection } from '../domain/decide-reserve.ts';
import { seatingOn } from '../test-sale.ts';

/**
 * One of several seating processes that race on one database: `node rivals.ts '<Race as JSON>'` waits for a line on standard input,
 * lets its buyers loose and prints how they were answered.
 */
export type Race = {
  connectionString: string;
  eventId: string;
  buyers: { userId: string; selection: Selection }[];
  /** The negative control: the statement that locks an event's sale, without its lock. */
  withoutLock: boolean;
};

export type RaceOutcome = { won: number; refusals: Record<string, number> };

export async function race(
  { connectionString, eventId, buyers, withoutLock }: Race,
  start: Promise<unknown>,
): Promise<RaceOutcome> {
  const database = openDatabase({ connectionString, name: 'rivals', poolSize: 5 });
  const seating = seatingOn(withoutLock ? unlocked(database) : database);
  await seating.reserve(newId('event'), { kind: 'seats', seatIds: [1] });
  process.stdout.write('ready\n');
  await start;
  const answers = await Promise.all(buyers.map((buyer) => seating.reserve(eventId, buyer.selection, buyer.userId)));
  const outcome: RaceOutcome = { won: 0, refusals: {} };
  for (const answer of answers) {
    if (answer.ok) outcome.won++;
    else outcome.refusals[answer.code] = (outcome.refusals[answer.code] ?? 0) + 1;
  }
  await seating.seats.stop();
  await database.close();
  return outcome;
}

/** The same database with the test's own copy of one statement: what locks a sale only reads it. */
function unlocked(database: Database): Database {
  const copyOf = (statement: Statement): Statement =>
    statement.name === 'seating.lock_sales'
      ? { name: 'test.lock_sales_without_lock', text: statement.text.replace(/for update/, '') }
      : statement;
  const over = (tx: Tx): Tx => ({
    rows: (statement, values) => tx.rows(copyOf(statement), values),
    run: (statement, values) => tx.run(copyOf(statement), values),
  });
  return { name: database.name, ...over(database), transaction: (work) => database.transaction((tx) => work(over(tx))) };
}

if (import.meta.main) {
  // Written by race.test.ts, which typed it.
  const given: Race = JSON.parse(process.argv[2] ?? '{}');
  const start = new Promise((resolve) => process.stdin.once('data', resolve));
  process.stdout.write(`${JSON.stringify(await race(given, start))}\n`);
  process.stdin.unref();
}
