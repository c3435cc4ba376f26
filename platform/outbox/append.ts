import type { DomainEvent, Topic } from '../../contracts/events/domain-event.ts';
import { uuidV7 } from '../../contracts/uuid-v7.ts';
import { sql, type Tx } from '../postgres/database.ts';
import { joinJsonTexts } from '../postgres/joined-texts.ts';

/** Domain events of one aggregate, in order; the key is their `subject`. */
export type OutboxRecord = { topic: Topic; key: string; events: readonly DomainEvent[] };

/** No domain event is over 256 kB: every consumer and broker can count on it. Longer lists are split by whoever makes the event. */
export const MAX_EVENT_BYTES = 256 * 1024;

/** Events written together share rows up to this many characters. A row costs more, here and on the log, than an event in it. */
const MAX_SHARED_CHARS = 64 * 1024;

type Row = { topic: Topic; key: string; texts: string[]; chars: number };

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
  const rows = shareRows(full);
  return tx.run(insert, [
    rows.map(() => uuidV7()),
    rows.map((row) => row.topic),
    rows.map((row) => row.key),
    joinJsonTexts(rows.map((row) => `[${row.texts.join(',')}]`)),
  ]);
}

/** Neighbours of one topic go into one row, whose key is empty when it is of several. */
function shareRows(records: readonly OutboxRecord[]): Row[] {
  const rows: Row[] = [];
  for (const { topic, key, events } of records) {
    const texts = events.map(toJson);
    const chars = texts.reduce((sum, text) => sum + text.length, 0);
    const last = rows.at(-1);
    if (last?.topic !== topic || last.chars + chars > MAX_SHARED_CHARS) {
      rows.push({ topic, key, texts, chars });
      continue;
    }
    if (last.key !== key) last.key = '';
    last.texts.push(...texts);
    last.chars += chars;
  }
  return rows;
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
