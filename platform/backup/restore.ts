import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { StartupError } from '../config/startup-error.ts';
import { migrate } from '../postgres/migrate.ts';
import { copyTarget } from './back-up.ts';
import { connectForCopies, type OwnedDatabase, type Schema } from './connect.ts';
import { readManifest, type Manifest, type StoredDatabase } from './manifest.ts';
import { checkBackup, RESTORE_NAME, refuseUnfit } from './restore-checks.ts';
import { emptyAndMark, isUsed, markUnfinished, unmark } from './restore-marks.ts';

export type RestoreOptions = {
  folder: string;
  /** Of every database that this program knows. */
  schemas: readonly Schema[];
  /** The databases to restore into, as they are found by the settings. Asked for when the backup was found whole. */
  addresses: (schemas: readonly Schema[]) => Promise<readonly OwnedDatabase[]>;
  /** Where the kept files of an embedded system go; null for a system on a server of its own. */
  keptFolder: string | null;
  /** Whether what is in the databases may be given up. */
  replace: boolean;
  signal: AbortSignal;
  onProgress: (line: string) => void;
};

type Target = { stored: StoredDatabase; owned: OwnedDatabase; client: pg.Client };

/**
 * Puts a backup into databases that are empty, or that may be replaced. The tables are those of the version that wrote the backup; the
 * next start brings them up to date. While it runs the databases are marked, so that nobody starts on a part; it may be run again.
 */
export async function restore(options: RestoreOptions): Promise<Manifest> {
  const { signal } = options;
  const manifest = await checkWhole(options);
  const databases = await options.addresses(options.schemas);
  const clients: pg.Client[] = [];
  try {
    const targets: Target[] = [];
    for (const owned of databases) {
      const stored = manifest.databases.find(({ owner }) => owner === owned.owner) ?? nothingStored(owned.owner);
      const client = await connectForCopies(owned.connectionString, RESTORE_NAME, signal);
      clients.push(client);
      await refuseUnfit(client, owned, stored);
      targets.push({ stored, owned, client });
    }
    await refuseUsed(targets, options.replace);
    // All are marked before the first is changed, and until the last is whole.
    for (const { client } of targets) await markUnfinished(client);
    for (const target of targets) await load(target, options);
    await restoreKept(manifest, options);
    for (const { client } of targets) await unmark(client);
    return manifest;
  } finally {
    await Promise.all(clients.map((client) => client.end().catch(() => undefined)));
  }
}

/** @throws StartupError unless the backup is whole and this program can restore it */
export async function checkWhole(
  options: Pick<RestoreOptions, 'folder' | 'schemas' | 'signal' | 'onProgress'>,
): Promise<Manifest> {
  const { folder, schemas, signal, onProgress } = options;
  const manifest = await readManifest(folder);
  onProgress(`checking the backup of ${manifest.databases[0]?.takenAt ?? manifest.startedAt}`);
  await checkBackup(folder, manifest, schemas, signal);
  return manifest;
}

/** A database that the version of the backup did not have yet: nothing may be left in it. */
function nothingStored(owner: string): StoredDatabase {
  return { owner, postgres: '', lsn: '', takenAt: '', migrations: [], tables: [], sequences: [] };
}

async function refuseUsed(targets: readonly Target[], replace: boolean): Promise<void> {
  if (replace) return;
  for (const { client, owned } of targets) {
    const used = await isUsed(client);
    if (used === null) continue;
    throw new StartupError(
      `The database of ${owned.owner} is not empty: its table ${used} has rows. Restore into an empty one, or say --replace to give up everything that is in all of them.`,
    );
  }
}

async function load({ stored, owned, client }: Target, { folder, signal, onProgress }: RestoreOptions): Promise<void> {
  await emptyAndMark(client);
  const { connectionString, migrations: directories } = owned;
  await migrate({ connectionString, directories, restoring: new Set(stored.migrations.map(({ path }) => path)) });
  await client.query('BEGIN');
  // What migrations wrote is in the backup as well.
  const names = stored.tables.map(({ name }) => pg.escapeIdentifier(name));
  if (names.length > 0) await client.query(`TRUNCATE ${names.join(', ')}`);
  for (const { name, columns, rows, file } of stored.tables) {
    const copy = client.query(copyFrom(`COPY ${copyTarget(name, columns)} FROM STDIN`));
    await pipeline(createReadStream(join(folder, file.path)), createGunzip(), copy, { signal });
    if (copy.rowCount !== rows) throw new Error(`${owned.owner}.${name} has ${copy.rowCount} rows and had ${rows}`);
    if (rows > 0) onProgress(`${owned.owner}.${name}: ${rows.toLocaleString('en')} rows`);
  }
  for (const { name, lastValue } of stored.sequences)
    if (lastValue !== null) await client.query('SELECT setval($1::regclass, $2::bigint)', [pg.escapeIdentifier(name), lastValue]);
  await client.query('COMMIT');
  await client.query('ANALYZE');
}

async function restoreKept({ kept }: Manifest, { folder, keptFolder, signal }: RestoreOptions): Promise<void> {
  if (keptFolder === null) return;
  await mkdir(keptFolder, { recursive: true, mode: 0o700 });
  for (const { name, file } of kept) {
    const target = createWriteStream(join(keptFolder, name), { mode: 0o600, flush: true });
    await pipeline(createReadStream(join(folder, file.path)), createGunzip(), target, { signal });
  }
}
