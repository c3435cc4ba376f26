import type { Settings } from '../../platform/config/settings.ts';
import { createDatabaseIfMissing } from '../../platform/postgres/create-database.ts';
import { findEmbeddedPostgres } from '../../platform/postgres/embedded/start.ts';
import { migrate } from '../../platform/postgres/migrate.ts';

const NAME = 'bench_one_transaction';
const MIGRATIONS = new URL('./migrations/', import.meta.url);

/** The yardstick's own database on the server of the system, made when it is missing. @returns its connection string */
export async function yardstickDatabase({ database }: Settings): Promise<string> {
  const server = database.embedded ? (await findEmbeddedPostgres(database.dataDir))?.('postgres') : database.serverUrl;
  if (server === undefined || server === null) throw new Error('There is no PostgreSQL server for the yardstick.');
  const connectionString = await createDatabaseIfMissing(server, NAME);
  await migrate({ connectionString, directories: [MIGRATIONS] });
  return connectionString;
}
