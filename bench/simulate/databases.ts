import type { Settings } from '../../platform/config/settings.ts';
import { sql } from '../../platform/postgres/database.ts';
import { createLogger } from '../../platform/telemetry/logger.ts';
import { withDatabases } from '../../verify/databases.ts';

/** What PostgreSQL counted of one database (`pg_stat_database`). */
export type DatabaseCounts = { commits: number; rollbacks: number; deadlocks: number };
export type CountsByService = Readonly<Record<string, DatabaseCounts>>;

const COUNTS = sql(
  'simulate.database_counts',
  `select xact_commit::float8 as commits, xact_rollback::float8 as rollbacks, deadlocks::float8 as deadlocks
   from pg_stat_database where datname = current_database()`,
);

/** As they stand now, by service. Sessions tell PostgreSQL what they did within about a second. */
export function readCounts(settings: Settings): Promise<CountsByService> {
  return withDatabases(settings, createLogger({ level: 'error' }), async (databases) => {
    const entries = await Promise.all(
      [...databases].map(async ([owner, database]) => {
        const [counts] = await database.rows<DatabaseCounts>(COUNTS);
        return [owner, counts ?? { commits: 0, rollbacks: 0, deadlocks: 0 }] as const;
      }),
    );
    return Object.fromEntries(entries);
  });
}

/** What was done in between. */
export function countsBetween(before: CountsByService, after: CountsByService): CountsByService {
  const difference = Object.entries(after).map(([service, { commits, rollbacks, deadlocks }]) => {
    const start = before[service] ?? { commits: 0, rollbacks: 0, deadlocks: 0 };
    const counts = {
      commits: commits - start.commits,
      rollbacks: rollbacks - start.rollbacks,
      deadlocks: deadlocks - start.deadlocks,
    };
    return [service, counts] as const;
  });
  return Object.fromEntries(difference);
}
