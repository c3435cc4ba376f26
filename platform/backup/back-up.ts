import { mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import { createReadStream, existsSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import pg from 'pg';
import { to as copyTo } from 'pg-copy-streams';
import { StartupError } from '../config/startup-error.ts';
import { MIGRATION_TABLE } from '../postgres/migrate.ts';
import { VERSION } from '../version.ts';
import { connectForCopies, type OwnedDatabase } from './connect.ts';
import { takeCut, type Moment } from './cut.ts';
import { storePacked } from './files.ts';
import { MANIFEST, newManifest, type Manifest, type StoredDatabase } from './manifest.ts';
import { readSequences, readTables, type Table } from './tables.ts';

export type BackupOptions = {
  /** Those of which the snapshots should be held shortest come first. */
  databases: readonly OwnedDatabase[];
  /** Made here; must not be there, or be empty. */
  folder: string;
  /** Files of the data directory that belong to the data; those that are not there are left out. */
  kept: readonly { name: string; path: string }[];
  signal: AbortSignal;
  onProgress: (line: string) => void;
};

/**
 * Copies every database as all of them were at one moment, beside the running program. The folder appears under its name when it is
 * whole; what was cut off leaves nothing.
 */
export async function backUp(options: BackupOptions): Promise<Manifest> {
  const { databases, folder, signal, onProgress } = options;
  await refuseUsed(folder);
  const startedAt = new Date().toISOString();
  const aside = join(dirname(folder), `.${basename(folder)}.unfinished-${process.pid}`);
  const clients: pg.Client[] = [];
  try {
    await mkdir(aside, { recursive: true, mode: 0o700 });
    for (const { connectionString } of databases) clients.push(await connectForCopies(connectionString, 'onsale backup', signal));
    const before = await Promise.all(clients.map(readTables));
    refuseEmpty(databases, before);
    const { moments, pausedMs } = await takeCut(
      clients.map((client, index) => ({ client, tables: namesOf(before[index] ?? []) })),
      signal,
    );
    onProgress(`all databases as of ${moments[0]?.takenAt ?? startedAt}; writing paused for ${Math.ceil(pausedMs)} ms`);
    const stored: StoredDatabase[] = [];
    for (const [index, { owner }] of databases.entries()) {
      const [client, moment] = [clients[index], moments[index]];
      if (client === undefined || moment === undefined) continue;
      stored.push(await storeDatabase(client, owner, moment, before[index] ?? [], aside, options));
      await client.query('COMMIT');
    }
    const kept = await storeKept(options, aside);
    const finishedAt = new Date().toISOString();
    const manifest = newManifest({ program: VERSION, startedAt, finishedAt, pausedMs, databases: stored, kept });
    await writeDurably(join(aside, MANIFEST), `${JSON.stringify(manifest, null, 2)}\n`);
    signal.throwIfAborted();
    await rm(folder, { recursive: true, force: true });
    await rename(aside, folder);
    return manifest;
  } catch (error) {
    await rm(aside, { recursive: true, force: true });
    throw error;
  } finally {
    await Promise.all(clients.map((client) => client.end().catch(() => undefined)));
  }
}

async function refuseUsed(folder: string): Promise<void> {
  const found = await readdir(folder).catch(() => []);
  if (found.length > 0)
    throw new StartupError(`${folder} is not empty. Name a folder that is not there yet; backups are never overwritten.`);
}

function refuseEmpty(databases: readonly OwnedDatabase[], tables: readonly Table[][]): void {
  const without = databases.filter((_, index) => tables[index]?.length === 0).map(({ owner }) => owner);
  if (without.length > 0) {
    throw new StartupError(
      `There is nothing to back up in the databases of ${without.join(', ')}: Onsale was never started on them. Are the settings those of the system?`,
    );
  }
}

async function storeDatabase(
  client: pg.Client,
  owner: string,
  moment: Moment,
  before: readonly Table[],
  aside: string,
  { signal, onProgress }: BackupOptions,
): Promise<StoredDatabase> {
  const tables = await readTables(client);
  if (namesOf(tables).join() !== namesOf(before).join())
    throw new StartupError(`The tables of ${owner} were changed meanwhile: it is being upgraded. Try again when that is done.`);
  await mkdir(join(aside, owner), { mode: 0o700 });
  const stored: StoredDatabase['tables'] = [];
  for (const { name, columns } of tables) {
    const copy = client.query(copyTo(`COPY ${copyTarget(name, columns)} TO STDOUT`));
    const file = await storePacked(copy, aside, `${owner}/${name}.copy.gz`, signal);
    stored.push({ name, columns, rows: copy.rowCount, file });
    if (copy.rowCount > 0) onProgress(`${owner}.${name}: ${copy.rowCount.toLocaleString('en')} rows`);
  }
  const { rows: migrations } = await client.query<{ path: string; checksum: string }>(
    `SELECT directory || '/' || name AS path, checksum FROM ${MIGRATION_TABLE} ORDER BY applied_at, directory, name`,
  );
  const { rows: versions } = await client.query<{ server_version: string }>('SHOW server_version');
  const postgres = versions[0]?.server_version ?? '';
  return { owner, postgres, ...moment, migrations, tables: stored, sequences: await readSequences(client) };
}

export function copyTarget(table: string, columns: readonly string[]): string {
  return `${pg.escapeIdentifier(table)} (${columns.map((column) => pg.escapeIdentifier(column)).join(', ')})`;
}

function namesOf(tables: readonly Table[]): string[] {
  return tables.map(({ name }) => name);
}

async function storeKept({ kept, signal }: BackupOptions, aside: string): Promise<Manifest['kept']> {
  const there = kept.filter(({ path }) => existsSync(path));
  if (there.length > 0) await mkdir(join(aside, 'kept'), { mode: 0o700 });
  const stored: Manifest['kept'] = [];
  for (const { name, path } of there)
    stored.push({ name, file: await storePacked(createReadStream(path), aside, `kept/${name}.gz`, signal) });
  return stored;
}

async function writeDurably(path: string, text: string): Promise<void> {
  const file = await open(path, 'wx', 0o600);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
}
