import type { Client } from 'pg';
import type { LogRecord } from '../event-log/port.ts';
import { sql } from '../postgres/database.ts';

/** `sequence` is a bigint as text: it only goes back to the database. */
export type OutboxRow = LogRecord & { sequence: string };

const MAX_ROWS = 500;
/** Bounds memory when rows hold large batches; one row may exceed it by itself. */
const MAX_BYTES = 4 * 1024 * 1024;

const ask = sql('relay.become_leader', `SELECT pg_try_advisory_lock(hashtextextended('onsale outbox relay', 0)) AS leader`);

const drop = sql('relay.drop', 'DELETE FROM outbox WHERE sequence = ANY ($1::bigint[])');

const read = sql(
  'relay.read',
  `SELECT sequence, id, topic, key, events AS "eventsJson"
   FROM (
     SELECT *, sum(octet_length(events)) OVER (ORDER BY sequence) - octet_length(events) AS bytes_before
     FROM (SELECT sequence, id, topic, key, events FROM outbox ORDER BY sequence LIMIT $1) AS lowest
   ) AS measured
   WHERE bytes_before < $2`,
);

/** Whether this connection holds the outbox's lock, which it keeps until it ends. */
export async function becomeLeader(client: Client): Promise<boolean> {
  const { rows } = await client.query<{ leader: boolean }>({ ...ask });
  return rows[0]?.leader === true;
}

/** Deletes the rows named, and no others. */
export async function dropRows(client: Client, sequences: readonly string[]): Promise<void> {
  if (sequences.length > 0) await client.query({ ...drop, values: [`{${sequences.join(',')}}`] });
}

/** Deletes the rows named, and no others, and reads the lowest that are there then. One round trip for both. */
export async function dropAndRead(client: Client, sequences: readonly string[]): Promise<OutboxRow[]> {
  const dropping = dropRows(client, sequences);
  const reading = client.query<OutboxRow>({ ...read, values: [MAX_ROWS, MAX_BYTES] });
  const [{ rows }] = await Promise.all([reading, dropping]);
  return rows;
}

/** Whether a reading may have left something behind because it was so large. A character is at most three bytes. */
export function mayBeMore(rows: readonly OutboxRow[]): boolean {
  return rows.length >= MAX_ROWS || rows.reduce((sum, { eventsJson }) => sum + eventsJson.length * 3, 0) >= MAX_BYTES;
}

/**
 * Index entries of deleted rows pile up at the end where the reading begins; autovacuum comes once a minute, which is long at a
 * thousand rows a second. TRUNCATE would lock writers out for a moment.
 */
export async function vacuum(client: Client): Promise<void> {
  await client.query('VACUUM (SKIP_LOCKED, TRUNCATE false) outbox');
}

export async function announceRows(client: Client): Promise<void> {
  await client.query('NOTIFY outbox_committed');
}

export async function hearAnnouncements(client: Client, onAnnounced: () => void): Promise<void> {
  client.on('notification', onAnnounced);
  await client.query('LISTEN outbox_committed');
}
