import { afterAll, beforeAll, expect, it } from 'vitest';
import { newId } from '../../../contracts/ids.ts';
import { payloadHash } from '../../../platform/idempotency/idempotency-key.ts';
import { sql, type Database, type Statement, type Tx } from '../../../platform/postgres/database.ts';
import { openDatabase, type OpenDatabase } from '../../../platform/postgres/pool.ts';
import { testDatabase, type TestDatabase } from '../../../test/support/postgres.ts';
import { toStoredReservation } from '../http/answers.ts';
import { MIGRATIONS, seatingOn, standing } from '../test-sale.ts';
import { eventsWithDue } from './reservations.ts';

/** PostgreSQL keeps a generic plan from the sixth run on. */
const RUNS_UNTIL_KEPT = 7;
const HELD = 20_000;
const TABLES = ['event_sale', 'section', 'place_state', 'seat', 'seat_state', 'reservation', 'idempotency_key'];
/** These cost the same however many seats and reservations there are. */
const LOOKUPS = [
  'idempotency.find_answers',
  'seating.events_of_reservations',
  'seating.events_with_due',
  'seating.read_due',
  'seating.read_reservations',
  'seating.read_seat_states',
  'seating.read_seats_of_ended',
  'seating.read_tickets',
  'seating.update_reservations',
  'seating.write_seat_states',
];
/** Rows that one step of a look-up may read; a batch here has 4 commands. */
const MAX_ROWS = 100;

let db: TestDatabase;
let connection: OpenDatabase;
beforeAll(async () => {
  db = await testDatabase(MIGRATIONS);
  connection = openDatabase({ connectionString: db.connectionString, name: 'plans', poolSize: 1, lookupsOnly: true });
});
afterAll(async () => {
  await connection.close();
  await db.drop();
});

it('keeps to the indexes with plans that were made when hardly anything was there', async () => {
  const { database, last } = remembering(connection);
  const seating = seatingOn(database);
  for (const table of TABLES)
    await connection.run(sql(`test.still_${table}`, `alter table ${table} set (autovacuum_enabled = false)`));
  const small = await seating.openSale([
    { section: 'Stalls', kind: 'SEATED', priceCents: 1, rows: [{ row: 'A', seats: 60 }] },
    ...standing(100),
  ]);
  await useAll(seating, database, small, 0);
  await db.database.run(sql('test.analyze', 'analyze'));
  for (let run = 1; run < RUNS_UNTIL_KEPT; run++) await useAll(seating, database, small, run);

  const rows = Array.from({ length: HELD / 500 }, (_, index) => ({ row: `R${index}`, seats: 500 }));
  const large = await seating.openSale([{ section: 'Stalls', kind: 'SEATED', priceCents: 1, rows }, ...standing(100)]);
  await holdMany(large);
  await useAll(seating, database, small, RUNS_UNTIL_KEPT);

  for (const name of LOOKUPS) {
    const plan = await explain(name, last.get(name) ?? []);
    expect(plan, `${name}\n${plan}`).not.toMatch(/Seq Scan|Materialize/);
    const read = [...plan.matchAll(/rows=(\d+)|Rows Removed by [\w ]+: (\d+)/g)].map((match) => Number(match[1] ?? match[2]));
    expect(Math.max(...read), `${name}\n${plan}`).toBeLessThanOrEqual(MAX_ROWS);
  }
});

/** The same database; `last` has the values that each statement was last given. */
function remembering(inner: Database): { database: Database; last: Map<string, readonly unknown[]> } {
  const last = new Map<string, readonly unknown[]>();
  const wrap = (tx: Tx): Tx => {
    const noted = (statement: Statement, values: readonly unknown[] = []) => last.set(statement.name, values) && values;
    return {
      rows: (statement, values) => tx.rows(statement, noted(statement, values)),
      run: (statement, values) => tx.run(statement, noted(statement, values)),
    };
  };
  const transaction: Database['transaction'] = (work) => inner.transaction((tx) => work(wrap(tx)));
  return { database: { name: 'plans', ...wrap(inner), transaction }, last };
}

/** Every kind of command once, four of a kind in a batch. */
async function useAll(seating: ReturnType<typeof seatingOn>, database: Database, eventId: string, run: number): Promise<void> {
  const answers = await Promise.all(
    [1, 2, 3, 4].map((place) => {
      const userId = newId('user');
      const selection = { kind: 'seats' as const, seatIds: [run * 4 + place] };
      const key = { scope: `reserve ${userId}`, key: 'k', requestHash: payloadHash(selection) };
      return seating.seats.submit({
        command: { type: 'reserve', eventId, userId, reservationId: newId('reservation'), selection },
        traceparent: undefined,
        idempotency: { key, toStored: toStoredReservation },
      });
    }),
  );
  const ids = answers.flatMap((answer) =>
    answer.kind === 'decided' && answer.answer.ok && answer.answer.type === 'reservation'
      ? [answer.answer.reservation.reservationId]
      : [],
  );
  expect(ids).toHaveLength(4);
  const orderId = newId('order');
  await Promise.all(
    ids.map((reservationId) =>
      seating.ask({ type: 'open-window', eventId, reservationId, orderId, paymentId: newId('payment'), windowSeconds: 30 }),
    ),
  );
  await Promise.all(ids.map((reservationId) => seating.ask({ type: 'allocate', eventId, reservationId, orderId })));
  await seating.seats.eventsOf(ids);
  await eventsWithDue(database);
}

/** Every seat held by a buyer of its own, long past the end of its hold. */
async function holdMany(eventId: string): Promise<void> {
  const fill = sql(
    'test.hold_many',
    `insert into reservation (reservation_id, event_id, user_id, status, seat_ids, place_sections, place_quantities, quantity, content,
       reserved_at, expires_at, held_until)
     select 'res_' || n, $1, 'usr_' || n, 'RESERVED', array[n], '{}', '{}', 1, '{}', now(), now() - interval '1 hour',
       now() - interval '1 hour' from generate_series(1, $2::integer) as n`,
  );
  await db.database.run(fill, [eventId, HELD]);
}

async function explain(name: string, values: readonly unknown[]): Promise<string> {
  const text = `explain (analyze, costs off, timing off, summary off) execute "${name}"${values.length > 0 ? `(${values.map(literal).join(', ')})` : ''}`;
  const lines = await connection.rows<{ 'QUERY PLAN': string }>(sql(`test.explain_${name}`, text));
  return lines.map((line) => line['QUERY PLAN']).join('\n');
}

/** As the driver would write it; none of these values holds a quote or a backslash. */
function literal(value: unknown): string {
  if (value === null || value === undefined) return 'null';
  if (value instanceof Date) return `'${value.toISOString()}'`;
  if (Array.isArray(value))
    return `'{${value
      .map((one) =>
        literal(one)
          .replaceAll("'", '"')
          .replace(/^null$/, 'NULL'),
      )
      .join(',')}}'`;
  return typeof value === 'string' ? `'${value}'` : JSON.stringify(value);
}
