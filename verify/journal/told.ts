import { sql, type Database, type Tx } from '../../platform/postgres/database.ts';
import { idOf, routeOf, type Route } from './line.ts';
import { readJournal } from './read.ts';

const CREATE = sql(
  'verify.create_told',
  `create temporary table told (
     route text not null, user_id text collate "C" not null, key text collate "C", asked boolean not null,
     id text collate "C", code text, facts jsonb not null
   ) on commit drop`,
);
const INSERT = sql(
  'verify.insert_told',
  `insert into told
   select route, line ->> 'userId', line ->> 'idempotencyKey', line ? 'asked', id, line ->> 'code', line
   from unnest($1::text[], $2::text[], $3::jsonb[]) as given (route, id, line)`,
);
const ANALYZE = sql('verify.analyze_told', 'analyze told');

/**
 * Puts the journal's lines of these routes beside the rows that they tell of, as the table `told`, so that the database compares
 * however many there are. The table is gone afterwards.
 */
export function besideJournal<T>(
  database: Database,
  journal: string,
  routes: readonly Route[],
  work: (tx: Tx) => Promise<T>,
): Promise<T> {
  return database.transaction(async (tx) => {
    await tx.run(CREATE);
    for await (const page of readJournal(journal)) {
      const lines = page.filter((line) => routes.includes(routeOf(line)));
      await tx.run(INSERT, [lines.map(routeOf), lines.map(idOf), lines.map((line) => JSON.stringify(line))]);
    }
    await tx.run(ANALYZE);
    return work(tx);
  });
}
