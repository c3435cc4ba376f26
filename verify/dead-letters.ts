import { sql } from '../platform/postgres/database.ts';
import type { Databases } from './databases.ts';

/** Domain events that a consumer group gave up on: what they should have done is not done. */
export type DeadLetters = { service: string; group: string; type: string; count: number; error: string };

const DEAD = sql(
  'verify.dead_letters',
  `select consumer_group as "group", event_type as type, count(*)::integer as count, split_part(min(error), E'\\n', 1) as error
   from dead_letter where state = 'DEAD' group by consumer_group, event_type order by 1, 2`,
);

export async function deadLettersIn(databases: Databases): Promise<DeadLetters[]> {
  const all: DeadLetters[] = [];
  for (const [service, database] of databases) {
    if (service === 'event-log') continue;
    for (const row of await database.rows<Omit<DeadLetters, 'service'>>(DEAD)) all.push({ service, ...row });
  }
  return all;
}

export function deadLetterLine({ group, type, count, error }: DeadLetters): string {
  return `dead letters: ${count} of ${type} at ${group} (${error}); see: onsale dead-letters list`;
}
