import type { Logger } from 'pino';
import type { OwnedDatabase, Schema } from '../platform/backup/connect.ts';
import type { Settings } from '../platform/config/settings.ts';
import { LOG_MIGRATIONS } from '../platform/event-log/postgres/log.ts';
import { findDatabases, type DatabaseAddresses } from '../platform/lifecycle/postgres-server.ts';
import type { Teardown } from '../platform/lifecycle/teardown.ts';
import { definitions } from './definitions.ts';

type NamedSchema = Schema & { owner: Parameters<DatabaseAddresses>[0]; database: string };

const PLATFORM_MIGRATIONS = new URL('../platform/migrations/', import.meta.url);

/** Every database there is. Where most is written comes first: a backup lets go of each when it has been copied. */
export const schemas: readonly NamedSchema[] = [
  ...definitions.toReversed().flatMap(({ name: owner, database }): NamedSchema[] => {
    if (database === undefined) return [];
    return [{ owner, database: database.name, migrations: [PLATFORM_MIGRATIONS, database.migrations] }];
  }),
  { owner: 'event-log', database: 'logdb', migrations: [LOG_MIGRATIONS] },
];

/** Where they are by the settings; those that are missing are made. */
export async function findSchemas(
  settings: Settings,
  options: { logger: Logger; teardown: Teardown; join: boolean },
): Promise<OwnedDatabase[]> {
  const addresses = await findDatabases(settings, options);
  const found: OwnedDatabase[] = [];
  for (const { owner, database, migrations } of schemas)
    found.push({ owner, migrations, connectionString: await addresses(owner, database) });
  return found;
}

/** Of the data directory of an embedded system, what belongs to its data. */
export const KEPT_FILES = ['jwt.secret', 'internal.secret', 'demo-seeded'];
