import type { DomainEvent, Topic } from '../../../contracts/events/domain-event.ts';
import { sql, type Database } from '../../postgres/database.ts';
import { parseEvents } from '../parse-events.ts';

const fetch = sql(
  'log.fetch',
  `SELECT log_offset AS "offset", events
   FROM (
     SELECT *, sum(octet_length(events)) OVER (ORDER BY log_offset) - octet_length(events) AS bytes_before
     FROM (SELECT log_offset, events FROM record WHERE topic = $1 AND log_offset >= $2 ORDER BY log_offset LIMIT $3) AS next
   ) AS measured
   WHERE bytes_before < $4`,
);

const MAX_RECORDS = 500;
const MAX_BYTES = 1024 * 1024;
/** Characters of JSON kept parsed per topic. */
const MAX_CACHED = 2 * 1024 * 1024;

export type ReadRecord = { offset: number; events: readonly DomainEvent[] };
type Kept = ReadRecord & { size: number };

/** Reads a topic for all groups and tails of this process. */
export type TopicReader = {
  /**
   * Records from this offset on, in order, as many as make a fair batch. None when retention has removed all up to `end`.
   *
   * @param end where the topic ends, as far as the caller knows
   */
  read(offset: number, end: number): Promise<readonly ReadRecord[]>;
};

/**
 * Groups at the end of a topic want the same records at the same time: who comes first fetches and parses them, and the last few
 * stay for the others. A group that is far behind reads past what is kept.
 */
export function createTopicReader(database: Database, topic: Topic): TopicReader {
  const fetching = new Map<number, { end: number; records: Promise<readonly ReadRecord[]> }>();
  let kept: Kept[] = [];
  let keptSize = 0;

  async function read(offset: number, end: number): Promise<readonly ReadRecord[]> {
    const first = kept[0];
    // Offsets have no gaps, so a record's place follows from its offset; retention leaves a gap only before what is kept.
    if (first !== undefined && offset >= first.offset && offset < first.offset + kept.length) {
      return kept.slice(offset - first.offset, offset - first.offset + MAX_RECORDS);
    }
    const underWay = fetching.get(offset);
    // One that began before `end` was known could miss what was appended since.
    if (underWay !== undefined && underWay.end >= end) return underWay.records;
    const records = fetchFrom(offset).finally(() => {
      if (fetching.get(offset)?.records === records) fetching.delete(offset);
    });
    fetching.set(offset, { end, records });
    return records;
  }

  async function fetchFrom(offset: number): Promise<readonly ReadRecord[]> {
    const rows = await database.rows<{ offset: string; events: string }>(fetch, [topic, offset, MAX_RECORDS, MAX_BYTES]);
    const records = rows.map((row) => ({ offset: Number(row.offset), events: parseEvents(row.events), size: row.events.length }));
    keep(records);
    return records;
  }

  function keep(records: readonly Kept[]): void {
    const first = records[0];
    const last = kept.at(-1);
    if (first === undefined || (last !== undefined && first.offset <= last.offset)) return;
    if (last !== undefined && first.offset > last.offset + 1) {
      kept = [];
      keptSize = 0;
    }
    kept.push(...records);
    keptSize += records.reduce((sum, { size }) => sum + size, 0);
    let excess = 0;
    for (; keptSize > MAX_CACHED && excess < kept.length; excess++) keptSize -= kept[excess]?.size ?? 0;
    kept.splice(0, excess);
  }

  return { read };
}
