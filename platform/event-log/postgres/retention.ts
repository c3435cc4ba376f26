import type { Topic } from '../../../contracts/events/domain-event.ts';
import type { Job } from '../../lifecycle/service.ts';
import { sql, type Database } from '../../postgres/database.ts';
import { GROUP_FORGOTTEN_AFTER_DAYS } from './lag.ts';

const KEEP_DAYS = 7;
const REMOVE_ROWS = 2_000;
const REMOVE_ROUNDS = 500;

const remove = sql(
  'log.remove_old',
  `DELETE FROM record USING (
     SELECT topic, log_offset, appended_at FROM record
     WHERE topic = $1 AND log_offset < COALESCE(
       (SELECT min(next_offset) FROM consumer_offset WHERE topic = $1 AND seen_at > now() - make_interval(days => $4)),
       (SELECT next_offset FROM topic WHERE name = $1))
     ORDER BY log_offset LIMIT $2
   ) AS oldest
   WHERE record.topic = oldest.topic AND record.log_offset = oldest.log_offset
     AND oldest.appended_at < now() - make_interval(days => $3)`,
);

/**
 * Removes records older than the retention, a bounded number at a time, but none that a living group has yet to read.
 *
 * @param sayAlive marks the groups of this process as living
 */
export function retentionJob(
  database: Database,
  topics: readonly Topic[],
  sayAlive: () => Promise<void>,
  keepDays = KEEP_DAYS,
): Job {
  async function run(signal: AbortSignal): Promise<void> {
    await sayAlive();
    for (const topic of topics) {
      for (let round = 0; round < REMOVE_ROUNDS && !signal.aborted; round++) {
        const removed = await database.run(remove, [topic, REMOVE_ROWS, keepDays, GROUP_FORGOTTEN_AFTER_DAYS]);
        if (removed < REMOVE_ROWS) break;
      }
    }
  }
  return { name: 'event-log.retention', everyMs: 600_000, run };
}
