import { sql, type Database } from '../postgres/database.ts';
import type { ConsumerLag, EventLog } from './port.ts';

/** What waits in the outbox of one database. Counting stops at `OUTBOX_COUNTED`. */
export type OutboxDepth = { database: string; rows: number; oldestAgeSeconds: number; deadLetters: number };

/** What domain events are still on their way. */
export type InFlight = {
  /** Nothing was on its way at one moment while this was read, as long as nobody makes new changes. */
  idle: boolean;
  outboxes: OutboxDepth[];
  consumers: ConsumerLag[];
};

export const OUTBOX_COUNTED = 10_000;

const depth = sql(
  'outbox.depth',
  `SELECT (SELECT count(*)::int FROM (SELECT FROM outbox LIMIT $1) AS counted) AS rows,
     COALESCE((SELECT extract(epoch FROM clock_timestamp() - created_at)::float8 FROM outbox ORDER BY sequence LIMIT 1), 0) AS "oldestAgeSeconds",
     (SELECT count(*)::int FROM (SELECT FROM dead_letter WHERE state = 'DEAD' LIMIT $1) AS dead) AS "deadLetters"`,
);

type LagReader = Pick<EventLog, 'lag'>;

/** For metrics and readiness: one small statement a database. */
export async function readOutboxDepth(database: Database): Promise<OutboxDepth> {
  const [row] = await database.rows<Omit<OutboxDepth, 'database'>>(depth, [OUTBOX_COUNTED]);
  if (row === undefined) throw new Error(`${database.name} did not say how full its outbox is`);
  return { database: database.name, ...row };
}

/**
 * Reads from the databases alone what is on its way, whichever processes move it. What leaves an outbox is on the log, what a group
 * has read may be in an outbox again: so the log is read on both sides of the outboxes, and `idle` means that no group was behind
 * before, no outbox had a row, and nothing had been appended meanwhile.
 */
export async function readInFlight(databases: readonly Database[], log: LagReader): Promise<InFlight> {
  const before = await log.lag();
  const outboxes = await Promise.all(databases.map(readOutboxDepth));
  const consumers = await log.lag();
  const idle =
    before.every(({ behind }) => behind === 0) &&
    outboxes.every(({ rows }) => rows === 0) &&
    consumers.every(({ behind }) => behind === 0) &&
    sumOfEnds(before) === sumOfEnds(consumers);
  return { idle, outboxes, consumers };
}

function sumOfEnds(consumers: readonly ConsumerLag[]): number {
  return consumers.reduce((sum, { endOffset }) => sum + endOffset, 0);
}
