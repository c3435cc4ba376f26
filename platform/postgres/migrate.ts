import { createHash } from 'node:crypto';
import { readFile, readdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { basename, dirname } from 'node:path';
import pg from 'pg';
import { StartupError } from '../config/startup-error.ts';
import { isSqlState } from './errors.ts';

export type MigrateOptions = {
  connectionString: string;
  /** Folders of `0001_name.sql` files, applied in this order; each folder is tracked by itself. */
  directories: readonly URL[];
  table?: string;
  /** How long to wait for another process that is migrating the same database. */
  lockTimeoutMs?: number;
  /** For a restore: only these files, by path, in a database that is marked as unfinished. */
  restoring?: ReadonlySet<string>;
};

type Migration = { directory: string; name: string; path: string; text: string; checksum: string };

/** Which migrations a database has. */
export const MIGRATION_TABLE = 'schema_migration';
/** Stands among them while a restore has not put everything back: until it is taken away nobody works on the database. */
export const UNFINISHED_RESTORE = 'restore/unfinished';

const CONNECT_TIMEOUT_MS = 10_000;
/** The advisory lock of this program's migrations; the number only has to be the same everywhere. */
const LOCK_KEY = 7_283_410_221;

/**
 * Brings a database up to date, forward only, each file in a transaction of its own. Processes that start together wait for one
 * another.
 *
 * @returns names of the files applied now, as `directory/name.sql`
 * @throws StartupError when an applied file was edited, is gone, or would have to be applied before one that already is
 */
export async function migrate(options: MigrateOptions): Promise<string[]> {
  const { connectionString, directories, table = MIGRATION_TABLE, lockTimeoutMs = 60_000, restoring } = options;
  const migrations = await readMigrations(directories);
  const client = new pg.Client({
    connectionString,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    application_name: 'onsale migrate',
  });
  // A connection that breaks fails the statement under way; the event of the same would end the process.
  client.on('error', () => undefined);
  await client.connect();
  try {
    await lock(client, lockTimeoutMs);
    return await applyMissing(client, table, migrations, restoring);
  } finally {
    // The lock ends with the connection.
    await client.end();
  }
}

async function lock(client: pg.Client, timeoutMs: number): Promise<void> {
  await client.query(`SET lock_timeout = ${timeoutMs}`);
  try {
    await client.query(`SELECT pg_advisory_lock(${LOCK_KEY})`);
  } catch (error) {
    if (!isSqlState(error, '55P03')) throw error;
    throw new StartupError(
      'Another process has been migrating this database for too long. Look what it is doing, then start again.',
      {
        cause: error,
      },
    );
  }
}

/** The table that remembers what was applied. */
export function migrationTable(table = MIGRATION_TABLE): string {
  return `CREATE TABLE IF NOT EXISTS ${pg.escapeIdentifier(table)} (directory text, name text, checksum text NOT NULL,
    applied_at timestamptz NOT NULL DEFAULT now(), PRIMARY KEY (directory, name))`;
}

async function applyMissing(
  client: pg.Client,
  tableName: string,
  migrations: readonly Migration[],
  restoring: ReadonlySet<string> | undefined,
): Promise<string[]> {
  await client.query(migrationTable(tableName));
  const table = pg.escapeIdentifier(tableName);
  const { rows } = await client.query<{ directory: string; name: string; checksum: string }>(
    `SELECT directory, name, checksum FROM ${table}`,
  );
  const applied = new Map(rows.map((row) => [`${row.directory}/${row.name}`, row.checksum]));
  if (applied.has(UNFINISHED_RESTORE) && restoring === undefined) {
    throw new StartupError(
      'A restore into this database was cut off, so it is not whole. Run `onsale restore` again with the same backup, then start.',
    );
  }
  const missing = missingMigrations(migrations, applied).filter(({ path }) => restoring?.has(path) ?? true);
  for (const migration of missing) await apply(client, table, migration);
  return missing.map(({ path }) => path);
}

/** What is still to be applied. Pure. */
function missingMigrations(migrations: readonly Migration[], applied: ReadonlyMap<string, string>): Migration[] {
  const known = new Set(migrations.map(({ path }) => path));
  const directories = new Set(migrations.map(({ directory }) => directory));
  for (const path of applied.keys()) {
    if (known.has(path) || !directories.has(dirname(path))) continue;
    throw new StartupError(
      `The database has the migration ${path}, which this version of the program does not know. Start the version that made it, or a newer one.`,
    );
  }
  for (const migration of migrations) {
    const checksum = applied.get(migration.path);
    if (checksum !== undefined && checksum !== migration.checksum) {
      throw new StartupError(
        `The migration ${migration.path} was edited after it had been applied to this database. Put it back as it was and make the change in a new file.`,
      );
    }
    const later = migrations.find(
      ({ directory, name, path }) => directory === migration.directory && name > migration.name && applied.has(path),
    );
    if (checksum === undefined && later !== undefined) {
      throw new StartupError(
        `The migration ${migration.path} would come before ${later.path}, which is already applied. Give it a higher number.`,
      );
    }
  }
  return migrations.filter(({ path }) => !applied.has(path));
}

async function apply(client: pg.Client, table: string, { directory, name, path, text, checksum }: Migration): Promise<void> {
  await client.query('BEGIN');
  try {
    await client.query(text);
    await client.query(`INSERT INTO ${table} (directory, name, checksum) VALUES ($1, $2, $3)`, [directory, name, checksum]);
    await client.query('COMMIT');
  } catch (error) {
    await client.query('ROLLBACK').catch(() => undefined);
    throw new Error(
      `The migration ${path} failed and left nothing behind: ${error instanceof Error ? error.message : String(error)}`,
      { cause: error },
    );
  }
}

/** What this version of the program knows, by path and checksum. */
export async function readMigrations(directories: readonly URL[]): Promise<Migration[]> {
  return (await Promise.all(directories.map(readDirectory))).flat();
}

async function readDirectory(url: URL): Promise<Migration[]> {
  const folder = fileURLToPath(url);
  const directory = trackedName(folder);
  const files = (await readdir(folder)).filter((file) => file.endsWith('.sql')).toSorted();
  const numbers = files.map((file) => /^(\d{4})_[a-z0-9_-]+\.sql$/.exec(file)?.[1]);
  const wrong = files.find((_, index) => numbers[index] === undefined || numbers.indexOf(numbers[index]) !== index);
  if (wrong !== undefined) throw new Error(`${folder}/${wrong}: migrations are named 0001_what_it_does.sql, each number once`);
  return Promise.all(
    files.map(async (name) => {
      // A checkout with other line ends is no edit.
      const text = (await readFile(new URL(name, withSlash(url)), 'utf8')).replaceAll('\r\n', '\n');
      return { directory, name, path: `${directory}/${name}`, text, checksum: createHash('sha256').update(text).digest('hex') };
    }),
  );
}

/** `services/seating/migrations` is tracked as `seating`: where the checkout lies must not matter. */
function trackedName(folder: string): string {
  const own = basename(folder);
  return own === 'migrations' ? basename(dirname(folder)) : own;
}

function withSlash(url: URL): URL {
  return url.pathname.endsWith('/') ? url : new URL(`${url.href}/`);
}
