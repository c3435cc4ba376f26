import type { Topic } from '../../../contracts/events/domain-event.ts';
import { sql, type Tx } from '../../postgres/database.ts';
import { joinJsonTexts } from '../../postgres/joined-texts.ts';
import type { LogRecord } from '../port.ts';

const append = sql(
  'log.append',
  'SELECT name AS topic, next_offset AS end FROM append_records($1::uuid[], $2::text[], $3::text[], $4::text, $5::boolean)',
);

/** Where the topics of the records end now. */
export type Appended = { topic: Topic; end: number }[];

/**
 * Appends the records in order; those whose id the log has are left out. One statement, so one transaction.
 *
 * @param announce whether processes that LISTEN are to be told
 */
export async function appendRecords(
  database: Pick<Tx, 'rows'>,
  records: readonly LogRecord[],
  announce: boolean,
): Promise<Appended> {
  const unique = new Map(records.map((record) => [record.id, record]));
  const batch = unique.size === records.length ? records : [...unique.values()];
  if (batch.length === 0) return [];
  const rows = await database.rows<{ topic: Topic; end: string }>(append, [
    batch.map(({ id }) => id),
    batch.map(({ topic }) => topic),
    batch.map(({ key }) => key),
    joinJsonTexts(batch.map(({ eventsJson }) => eventsJson)),
    announce,
  ]);
  return rows.map(({ topic, end }) => ({ topic, end: Number(end) }));
}
