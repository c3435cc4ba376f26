import { v7 as uuidv7 } from 'uuid';
import type { DomainEvent, Topic } from '../../contracts/events/domain-event.ts';
import { sql, type Tx } from '../postgres/database.ts';
import { joinJsonTexts } from '../postgres/joined-texts.ts';

/** Domain events of one aggregate, in order. They stay together: one row of the outbox, one record of the log. */
export type OutboxRecord = { topic: Topic; key: string; events: readonly DomainEvent[] };

/** No domain event is over 256 kB: every consumer and broker can count on it. Longer lists are split by whoever makes the event. */
export const MAX_EVENT_BYTES = 256 * 1024;

const insert = sql(
  'outbox.append',
  `INSERT INTO outbox (id, topic, key, events)
   SELECT id, topic, key, events
   FROM unnest($1::uuid[], $2::text[], $3::text[], string_to_array($4::text, E'\\x1E')) WITH ORDINALITY AS record (id, topic, key, events, position)
   ORDER BY position`,
);

/**
 * Publishes domain events if and only if the transaction commits: one statement, whatever their number. Records of one key keep
 * their order if all writers of that key hold one row lock (the aggregate's) before they call this, until they commit.
 *
 * Not async, so that it throws at once and, left unawaited, goes out with COMMIT right behind it.
 *
 * @throws RangeError for an event over `MAX_EVENT_BYTES`
 */
export function appendToOutbox(tx: Tx, records: readonly OutboxRecord[]): Promise<number> {
  const full = records.filter((record) => record.events.length > 0);
  if (full.length === 0) return Promise.resolve(0);
  return tx.run(insert, [
    full.map(() => uuidv7()),
    full.map((record) => record.topic),
    full.map((record) => record.key),
    joinJsonTexts(full.map((record) => toJsonArray(record.events))),
  ]);
}

function toJsonArray(events: readonly DomainEvent[]): string {
  return `[${events.map(toJson).join(',')}]`;
}

function toJson(event: DomainEvent): string {
  const text = JSON.stringify(event);
  // A UTF-16 unit is at most three bytes of UTF-8, so short texts need no counting.
  if (text.length * 3 > MAX_EVENT_BYTES && Buffer.byteLength(text) > MAX_EVENT_BYTES) {
    throw new RangeError(
      `A ${event.type} of ${event.subject} has ${Buffer.byteLength(text)} bytes; no domain event may have over ${MAX_EVENT_BYTES}. Split it.`,
    );
  }
  return text;
}
