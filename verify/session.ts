import { sql, type Database, type Statement, type Tx } from '../platform/postgres/database.ts';

/** A database, or a transaction in it that is already open. */
export type Session = Pick<Database, 'transaction'>;

export function within(tx: Tx): Session {
  return { transaction: (work) => work(tx) };
}

const PLANNING = {
  enable_nestloop: 'on',
  enable_seqscan: 'on',
  enable_bitmapscan: 'on',
  enable_hashjoin: 'on',
  enable_mergejoin: 'on',
};

/**
 * Right after a sale the tables' statistics are still those of empty tables, and the planner would go through all seats anew for
 * each of a hundred thousand reservations. What looks at everything must never do that.
 */
const EVERYTHING = sql('verify.planned_for_everything', settings({ enable_nestloop: 'off', work_mem: '32MB' }));
/** And what looks up a page of rows must never read a table whole. */
const LOOKUPS = sql(
  'verify.planned_for_lookups',
  settings({ enable_seqscan: 'off', enable_bitmapscan: 'off', enable_hashjoin: 'off', enable_mergejoin: 'off' }),
);
function settings(differing: Record<string, string>): string {
  const all = Object.entries({ ...PLANNING, ...differing });
  return `select ${all.map(([name, value]) => `set_config('${name}', '${value}', true)`).join(', ')}`;
}

/** For statements that go through whole tables. */
export function overEverything<T>(session: Session, work: (tx: Tx) => Promise<T>): Promise<T> {
  return session.transaction(async (tx) => {
    await tx.run(EVERYTHING);
    return work(tx);
  });
}

/** For statements that look rows up by an index. */
export function lookingUp<T>(session: Session, work: (tx: Tx) => Promise<T>): Promise<T> {
  return session.transaction(async (tx) => {
    await tx.run(LOOKUPS);
    return work(tx);
  });
}

const PAGE = 5_000;

/** All rows of a query, which is run once, a page at a time. */
export async function* pagesOf<Row>(tx: Tx, { name, text }: Statement): AsyncGenerator<Row[]> {
  const cursor = name.replaceAll('.', '_');
  await tx.run(sql(`${name}_open`, `declare ${cursor} no scroll cursor for ${text}`));
  const fetch = sql(`${name}_page`, `fetch ${PAGE} from ${cursor}`);
  for (;;) {
    const page = await tx.rows<Row>(fetch);
    if (page.length > 0) yield page;
    if (page.length < PAGE) break;
  }
  await tx.run(sql(`${name}_close`, `close ${cursor}`));
}
