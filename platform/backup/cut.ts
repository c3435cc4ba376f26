import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { StartupError } from '../config/startup-error.ts';
import { isSqlState } from '../postgres/errors.ts';

/** A database that is to stand still: a connection with no transaction open, and all its tables. */
export type Standing = { client: pg.Client; tables: readonly string[] };

/** Where the log of the server stood, and its clock. The connection's transaction goes on seeing that moment. */
export type Moment = { lsn: string; takenAt: string };

/** `moments` are in the order of the databases. */
export type Cut = { moments: Moment[]; pausedMs: number; attempts: number };

const ATTEMPTS = 40;
/** Below the server's `deadlock_timeout` of a second, so that it is always we who give way, never a writer. */
const PATIENCE_MS = [100, 100, 200, 400, 800];
const PAUSE_MIN_MS = 50;
const PAUSE_SPREAD_MS = 200;

/** What a writer writes first is locked first, and what it writes last, last: then writers under way can finish. */
const FIRST = ['inbox'];
const LAST = ['idempotency_key', 'outbox'];

/**
 * Opens transactions that all see their database as it was at one and the same moment, on however many servers: every table is locked
 * against writing until all databases stand still at once, the snapshots are taken, and the locks are given back. So what is read is
 * what a crash of everything at that moment would have left behind, and no service is ahead of what another or the log knows.
 *
 * Writers wait meanwhile, a few milliseconds as a rule. A writer that waits for us while we wait for it is known by the time that
 * takes: then all locks are given back, and it is tried again with that table earlier in line.
 *
 * @throws StartupError when writers are never done at the same time
 */
export async function takeCut(databases: readonly Standing[], signal?: AbortSignal): Promise<Cut> {
  const lines = databases.map(({ tables }) => inLine(tables));
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const patienceMs = PATIENCE_MS[Math.min(attempt, PATIENCE_MS.length - 1)] ?? 0;
    await Promise.all(databases.map(({ client }, index) => begin(client, lines[index] ?? [], patienceMs)));
    const startedMs = performance.now();
    const late = await Promise.all(databases.map(({ client }, index) => standStill(client, lines[index] ?? [])));
    if (late.every((table) => table === null)) {
      const moments = await Promise.all(databases.map(({ client }) => takeSnapshot(client)));
      await Promise.all(databases.map(({ client }) => client.query('ROLLBACK TO SAVEPOINT moving')));
      return { moments, pausedMs: performance.now() - startedMs, attempts: attempt + 1 };
    }
    await Promise.all(databases.map(({ client }) => client.query('ROLLBACK')));
    lines.forEach((line, index) => moveToFront(line, late[index] ?? null));
    await delay(PAUSE_MIN_MS + Math.random() * PAUSE_SPREAD_MS, undefined, signal === undefined ? {} : { signal });
  }
  throw new StartupError(
    `Somebody was always in the middle of writing: ${ATTEMPTS} times the databases could not be made to stand still together. Look for a long transaction in pg_stat_activity, or try again at a quieter time.`,
  );
}

function inLine(tables: readonly string[]): string[] {
  const rank = (table: string): number => (FIRST.includes(table) ? 0 : 2 + LAST.indexOf(table));
  return tables.toSorted((one, other) => rank(one) - rank(other));
}

function moveToFront(line: string[], table: string | null): void {
  if (table !== null) line.unshift(...line.splice(line.indexOf(table), 1));
}

/** Nothing here takes the transaction's snapshot: the first query does. */
async function begin(client: pg.Client, tables: readonly string[], patienceMs: number): Promise<void> {
  await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
  await client.query(`SET LOCAL lock_timeout = ${patienceMs}`);
  // Keeps migrations away until the end.
  for (const table of tables) await client.query(`LOCK TABLE ONLY ${pg.escapeIdentifier(table)} IN ACCESS SHARE MODE`);
  await client.query('SAVEPOINT moving');
}

/** @returns the table on which it had to wait too long; null when all stand still */
async function standStill(client: pg.Client, tables: readonly string[]): Promise<string | null> {
  for (const table of tables) {
    try {
      await client.query(`LOCK TABLE ONLY ${pg.escapeIdentifier(table)} IN SHARE MODE`);
    } catch (error) {
      if (isSqlState(error, '55P03') || isSqlState(error, '40P01')) return table;
      throw error;
    }
  }
  return null;
}

async function takeSnapshot(client: pg.Client): Promise<Moment> {
  const { rows } = await client.query<Moment>(
    `SELECT pg_current_wal_lsn()::text AS lsn, to_json(clock_timestamp() AT TIME ZONE 'UTC') #>> '{}' || 'Z' AS "takenAt"`,
  );
  const [moment] = rows;
  if (moment === undefined) throw new Error('PostgreSQL did not say where it stands');
  return moment;
}
