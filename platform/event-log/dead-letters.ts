import type { DomainEvent } from '../../contracts/events/domain-event.ts';
import { sql, type Database, type Tx } from '../postgres/database.ts';
import { markHandled } from './inbox.ts';
import { parseEvents } from './parse-events.ts';
import type { Subscription } from './port.ts';

/** A domain event that a group failed to handle, and why. */
export type DeadLetter = {
  id: string;
  group: string;
  event: DomainEvent;
  error: string;
  attempts: number;
  firstFailedAt: Date;
  lastFailedAt: Date;
  state: 'DEAD' | 'REPLAYED';
};

export type Failure = { error: unknown; attempts: number; firstFailedAt: Date };

const insert = sql(
  'dead_letter.insert',
  `INSERT INTO dead_letter (consumer_group, event_id, event_type, event, error, attempts, first_failed_at)
   VALUES ($1, $2, $3, $4, $5, $6, $7)
   ON CONFLICT (consumer_group, event_id) DO NOTHING`,
);

const columns = `id::text, consumer_group AS "group", event, error, attempts,
  first_failed_at AS "firstFailedAt", last_failed_at AS "lastFailedAt", state`;

const list = sql('dead_letter.list', `SELECT ${columns} FROM dead_letter WHERE state = 'DEAD' AND id > $1 ORDER BY id LIMIT $2`);

const find = sql('dead_letter.find', `SELECT ${columns} FROM dead_letter WHERE id = $1`);

const claim = sql(
  'dead_letter.claim',
  `UPDATE dead_letter SET state = 'REPLAYED', attempts = attempts + 1 WHERE id = $1 AND state = 'DEAD'`,
);

const noteFailure = sql(
  'dead_letter.note_failure',
  `UPDATE dead_letter SET attempts = attempts + 1, error = $2, last_failed_at = now() WHERE id = $1 AND state = 'DEAD'`,
);

/** Puts an event aside for a group, in one transaction with its mark in the inbox: the log goes on without it. */
export async function bury(database: Database, group: string, event: DomainEvent, failure: Failure): Promise<void> {
  await database.transaction(async (tx) => {
    const fresh = await markHandled(tx, group, [event]);
    if (fresh.length === 0) return;
    const { error, attempts, firstFailedAt } = failure;
    await tx.run(insert, [group, event.id, event.type, JSON.stringify(event), describe(error), attempts, firstFailedAt]);
  });
}

/**
 * Dead letters that wait to be replayed, oldest first.
 *
 * @param page `after`: id of the last one of the page before
 */
export async function listDeadLetters(database: Database, page: { after?: string; limit?: number } = {}): Promise<DeadLetter[]> {
  const rows = await database.rows<Stored>(list, [page.after ?? '0', page.limit ?? 100]);
  return rows.map(fromRow);
}

/**
 * Handles a dead letter once more. Its later events were handled long ago, so the handler must bear it out of order.
 *
 * @returns false when there is no such dead letter or it was replayed before
 * @throws what the handler throws; the dead letter stays and remembers it
 */
export async function replayDeadLetter(database: Database, id: string, subscription: Subscription): Promise<boolean> {
  const [row] = await database.rows<Stored>(find, [id]);
  if (row === undefined || row.state !== 'DEAD') return false;
  if (row.group !== subscription.group)
    throw new Error(`The dead letter ${id} is of the group ${row.group}, not of ${subscription.group}.`);
  try {
    const events = [fromRow(row).event];
    const prepared = await subscription.prepare?.(events);
    return await database.transaction((tx) => handleClaimed(tx, id, events, prepared, subscription));
  } catch (error) {
    await database.run(noteFailure, [id, describe(error)]);
    throw error;
  }
}

async function handleClaimed(
  tx: Tx,
  id: string,
  events: readonly DomainEvent[],
  prepared: unknown,
  subscription: Subscription,
): Promise<boolean> {
  if ((await tx.run(claim, [id])) === 0) return false;
  await subscription.handle(tx, events, prepared);
  return true;
}

type Stored = Omit<DeadLetter, 'event'> & { event: string };

function fromRow(row: Stored): DeadLetter {
  const [event] = parseEvents(`[${row.event}]`);
  if (event === undefined) throw new TypeError(`The dead letter ${row.id} holds no event.`);
  return { ...row, event };
}

const MAX_ERROR_LENGTH = 4_000;

function describe(error: unknown): string {
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  // PostgreSQL's text holds no NUL.
  return text.replaceAll('\0', '').slice(0, MAX_ERROR_LENGTH);
}
