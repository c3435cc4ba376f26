import { loadSettings, type Environment } from '../platform/config/settings.ts';
import { findDatabases } from '../platform/lifecycle/postgres-server.ts';
import { createTeardown } from '../platform/lifecycle/teardown.ts';
import { migrate } from '../platform/postgres/migrate.ts';
import { createLogger } from '../platform/telemetry/logger.ts';
import type { Print } from './banner.ts';
import { schemas } from './schemas.ts';

/**
 * `onsale migrate`: makes the databases that are missing and brings all of them up to date, as every start does for those of its
 * services, under the same lock. @returns the exit code
 */
export async function migrateAll(environment: Environment, print: Print): Promise<number> {
  const settings = loadSettings(environment);
  const logger = createLogger({ level: 'warn' });
  const teardown = createTeardown(logger);
  try {
    const addresses = await findDatabases(settings, { logger, teardown, join: true });
    for (const { owner, database, migrations } of schemas) {
      // On Apache Kafka the event log has no database.
      if (owner === 'event-log' && settings.kafka !== null) continue;
      const connectionString = await addresses(owner, database);
      const applied = await migrate({ connectionString, directories: migrations });
      print([`${database} ${applied.length === 0 ? 'is up to date' : `is brought up to date: ${applied.join(', ')}`}`]);
    }
    return 0;
  } finally {
    await teardown.run();
  }
}
