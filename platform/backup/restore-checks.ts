import type pg from 'pg';
import { StartupError } from '../config/startup-error.ts';
import { readMigrations } from '../postgres/migrate.ts';
import type { OwnedDatabase, Schema } from './connect.ts';
import { checkFile } from './files.ts';
import type { Manifest, StoredDatabase } from './manifest.ts';

/** How the restore calls itself to the server. */
export const RESTORE_NAME = 'onsale restore';

/** Every file is there and as it was written, and this program knows all its tables. */
export async function checkBackup(
  folder: string,
  { databases, kept }: Manifest,
  schemas: readonly Schema[],
  signal: AbortSignal,
): Promise<void> {
  for (const stored of databases) await refuseUnknownMigrations(schemas, stored);
  const files = [...databases.flatMap(({ tables }) => tables), ...kept].map(({ file }) => file);
  for (const file of files) await checkFile(folder, file, signal);
}

/** Refuses what this server, or those who work on the database now would not bear. Changes nothing. */
export async function refuseUnfit(client: pg.Client, owned: OwnedDatabase, stored: StoredDatabase): Promise<void> {
  const { rows: versions } = await client.query<{ server_version: string }>('SHOW server_version');
  const [have, had] = [versions[0]?.server_version ?? '', stored.postgres];
  if (Number.parseInt(have, 10) < Number.parseInt(had, 10)) {
    throw new StartupError(
      `The backup of ${owned.owner} was made on PostgreSQL ${had}, and the server is the older ${have}. Restore on a server that is at least as new.`,
    );
  }
  const { rows: others } = await client.query<{ name: string }>(
    `SELECT DISTINCT application_name AS name FROM pg_stat_activity
     WHERE datname = current_database() AND pid <> pg_backend_pid() AND application_name LIKE 'onsale %'`,
  );
  if (others.length === 0) return;
  throw new StartupError(
    `Onsale is at work on the database of ${owned.owner} (${others.map(({ name }) => name).join(', ')}). Stop it everywhere, then restore.`,
  );
}

async function refuseUnknownMigrations(schemas: readonly Schema[], { owner, migrations }: StoredDatabase): Promise<void> {
  const schema = schemas.find((one) => one.owner === owner);
  const known = new Map((await readMigrations(schema?.migrations ?? [])).map(({ path, checksum }) => [path, checksum]));
  const unknown = migrations.find(({ path, checksum }) => known.get(path) !== checksum);
  if (unknown === undefined) return;
  throw new StartupError(
    `The backup of ${owner} has the migration ${unknown.path}, which this version of Onsale does not know, or knows otherwise. Restore it with the version that made it, or a newer one.`,
  );
}
