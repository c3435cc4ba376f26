import { sql, type Database } from '../../postgres/database.ts';
import type { ConsumerLag } from '../port.ts';

/** A group that no process has consumed for so long is taken for one that is no more. */
export const GROUP_FORGOTTEN_AFTER_DAYS = 7;

const lag = sql(
  'log.lag',
  `SELECT consumer_group AS "group", topic, consumer_offset.next_offset::float8 AS "nextOffset", topic.next_offset::float8 AS "endOffset",
     (topic.next_offset - consumer_offset.next_offset)::float8 AS behind
   FROM consumer_offset JOIN topic ON topic.name = consumer_offset.topic
   WHERE seen_at > now() - make_interval(days => $1)
   ORDER BY consumer_group, topic`,
);

/** How far each group is behind. One small statement. */
export function readLag(database: Database): Promise<ConsumerLag[]> {
  return database.rows<ConsumerLag>(lag, [GROUP_FORGOTTEN_AFTER_DAYS]);
}
