import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Type, type Static } from 'typebox';
import { Value } from 'typebox/value';
import { StartupError } from '../config/startup-error.ts';

export const MANIFEST = 'manifest.json';
/** Of the layout of a backup; a change that older programs cannot read makes it 2. */
const FORMAT = 1;

/** Names of files that stay in their folder, whoever wrote the manifest. */
const NAME = '[A-Za-z0-9_][A-Za-z0-9_.-]*';
const WITHIN = `^${NAME}/${NAME}$`;

/** A file of the backup by its path in it, with what it must be. */
const StoredFile = Type.Object({ path: Type.String({ pattern: WITHIN }), bytes: Type.Integer(), sha256: Type.String() });

const StoredTable = Type.Object({
  name: Type.String(),
  columns: Type.Array(Type.String()),
  rows: Type.Integer(),
  file: StoredFile,
});

const StoredDatabase = Type.Object({
  owner: Type.String(),
  /** Major and minor version of its server. */
  postgres: Type.String(),
  lsn: Type.String(),
  takenAt: Type.String(),
  /** In the order in which they were applied. */
  migrations: Type.Array(Type.Object({ path: Type.String(), checksum: Type.String() })),
  /** Those that others refer to come first. */
  tables: Type.Array(StoredTable),
  sequences: Type.Array(Type.Object({ name: Type.String(), lastValue: Type.Union([Type.String(), Type.Null()]) })),
});

/** What a backup says of itself; it is written last, so a folder without one is no backup. */
export const Manifest = Type.Object({
  format: Type.Literal(FORMAT),
  program: Type.String(),
  startedAt: Type.String(),
  finishedAt: Type.String(),
  /** How long writers had to wait. */
  pausedMs: Type.Number(),
  databases: Type.Array(StoredDatabase),
  /** Of the data directory of an embedded system: its secrets, and what it remembers there. */
  kept: Type.Array(Type.Object({ name: Type.String({ pattern: `^${NAME}$` }), file: StoredFile })),
});

export type Manifest = Static<typeof Manifest>;
export type StoredDatabase = Static<typeof StoredDatabase>;
export type StoredFile = Static<typeof StoredFile>;

export function newManifest(parts: Omit<Manifest, 'format'>): Manifest {
  return { format: FORMAT, ...parts };
}

/** @throws StartupError when the folder holds no backup that this version can read */
export async function readManifest(folder: string): Promise<Manifest> {
  const path = join(folder, MANIFEST);
  let manifest: unknown;
  try {
    manifest = JSON.parse(await readFile(path, 'utf8'));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new StartupError(`${folder} is no whole backup: its ${MANIFEST} cannot be read (${reason}).`, { cause: error });
  }
  if (Value.Check(Manifest, manifest)) return manifest;
  const format = typeof manifest === 'object' && manifest !== null && 'format' in manifest ? manifest.format : undefined;
  if (typeof format === 'number' && format > FORMAT)
    throw new StartupError(`${folder} was written by a newer version of Onsale. Restore it with that one, or a later one.`);
  throw new StartupError(`${path} is damaged: it does not have what a backup says of itself.`);
}
