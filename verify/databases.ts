import type { Logger } from 'pino';
import type { Settings } from '../platform/config/settings.ts';
import { findDatabases } from '../platform/lifecycle/postgres-server.ts';
import { createTeardown } from '../platform/lifecycle/teardown.ts';
import { sql } from '../platform/postgres/database.ts';
import { openDatabase, type OpenDatabase } from '../platform/postgres/pool.ts';

const NAMES = {
  users: 'userdb',
  catalog: 'catalogdb',
  seating: 'seatingdb',
  orders: 'orderdb',
  payments: 'paymentsdb',
  'event-log': 'logdb',
} as const;
const TABLE_OF: Record<DatabaseOwner, string> = {
  users: 'outbox',
  catalog: 'outbox',
  seating: 'reservation',
  orders: 'ticket',
  payments: 'payment',
  'event-log': 'consumer_offset',
};

type DatabaseOwner = keyof typeof NAMES;

/** The databases by owner, to be read only. One that this version of the program never used is absent, or does not use now. */
export type Databases = ReadonlyMap<DatabaseOwner, OpenDatabase>;

const HAS_TABLE = sql('verify.has_table', `select to_regclass($1) is not null as found`);
/** The sums over everything may take a while on a large system. */
const STATEMENT_TIMEOUT_MS = 600_000;
/** One with the journal, one with a page of rows or everything, and one to spare. */
const CONNECTIONS = 3;

/** Opens them, of a running program or of one that is stopped, and closes them after `work`. */
export async function withDatabases<T>(
  settings: Settings,
  logger: Logger,
  work: (databases: Databases) => Promise<T>,
): Promise<T> {
  const teardown = createTeardown(logger);
  try {
    const addresses = await findDatabases(settings, { logger, teardown, join: true });
    const opened = new Map<DatabaseOwner, OpenDatabase>();
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- NAMES has exactly these keys
    for (const owner of Object.keys(NAMES) as DatabaseOwner[]) {
      if (owner === 'event-log' && settings.kafka !== null) continue;
      const connectionString = await addresses(owner, NAMES[owner]);
      const database = openDatabase({
        connectionString,
        name: `verify ${owner}`,
        poolSize: CONNECTIONS,
        statementTimeoutMs: STATEMENT_TIMEOUT_MS,
      });
      teardown.add(`connections to ${owner}`, () => database.close());
      const [table] = await database.rows<{ found: boolean }>(HAS_TABLE, [TABLE_OF[owner]]);
      if (table?.found === true) opened.set(owner, database);
    }
    return await work(opened);
  } finally {
    await teardown.run();
  }
}
