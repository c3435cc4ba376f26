import type { DomainEvent } from '../../contracts/events/domain-event.ts';
import type { Job } from '../lifecycle/service.ts';
import { sql, type Database, type Tx } from '../postgres/database.ts';
import { idArray } from '../postgres/id-array.ts';

const findHandled = sql(
  'inbox.find_handled',
  'SELECT event_id AS id FROM inbox WHERE consumer_group = $1 AND event_id = ANY ($2::uuid[])',
);

/** Answers with the ids that were there before, which are few: so marking 500 events brings back no 500 rows. */
const mark = sql(
  'inbox.mark',
  `WITH marked AS (
     INSERT INTO inbox (consumer_group, event_id) SELECT $1, id FROM unnest($2::uuid[]) AS given (id)
     ON CONFLICT DO NOTHING
     RETURNING event_id
   )
   SELECT id FROM unnest($2::uuid[]) AS given (id) WHERE id NOT IN (SELECT event_id FROM marked)`,
);

/** Those that the group has not handled yet. A hint that saves work; `markHandled` decides. */
export async function notYetHandled(
  database: Database,
  group: string,
  events: readonly DomainEvent[],
): Promise<readonly DomainEvent[]> {
  return without(events, await database.rows<{ id: string }>(findHandled, [group, idArray(events.map(({ id }) => id))]));
}

/**
 * Marks the events as handled by the group and returns those that were not. If another transaction has marked some and is not over,
 * waits for its end. Each event must be given once.
 */
export async function markHandled(tx: Tx, group: string, events: readonly DomainEvent[]): Promise<readonly DomainEvent[]> {
  return without(events, await tx.rows<{ id: string }>(mark, [group, idArray(events.map(({ id }) => id))]));
}

function without(events: readonly DomainEvent[], handled: readonly { id: string }[]): readonly DomainEvent[] {
  if (handled.length === 0) return events;
  const ids = new Set(handled.map(({ id }) => id));
  return events.filter((event) => !ids.has(event.id));
}

/** The log keeps seven days: what is older comes again only for a group that never read it. */
const KEEP_DAYS = 8;
const PURGE_ROWS = 5_000;
const PURGE_ROUNDS = 200;

const groups = sql(
  'inbox.groups',
  // A loose scan of the primary key: one step a group, however many events each has handled.
  `WITH RECURSIVE each (consumer_group) AS (
     (SELECT consumer_group FROM inbox ORDER BY consumer_group LIMIT 1)
     UNION ALL
     SELECT (SELECT consumer_group FROM inbox WHERE consumer_group > each.consumer_group ORDER BY consumer_group LIMIT 1)
     FROM each WHERE each.consumer_group IS NOT NULL
   )
   SELECT consumer_group AS "group" FROM each WHERE consumer_group IS NOT NULL`,
);

const purge = sql(
  'inbox.purge',
  `DELETE FROM inbox USING (
     SELECT consumer_group, event_id FROM inbox WHERE consumer_group = $1 AND event_id < $2::uuid ORDER BY event_id LIMIT $3
   ) AS oldest
   WHERE inbox.consumer_group = oldest.consumer_group AND inbox.event_id = oldest.event_id
     AND inbox.handled_at < now() - interval '1 day'`,
);

/** Forgets events that can come no more, a bounded number at a time. An event handled lately stays, however old it is. */
export function inboxPurgeJob(database: Database, keepDays = KEEP_DAYS): Job {
  async function run(signal: AbortSignal): Promise<void> {
    const before = lowestUuidAt(Date.now() - keepDays * 86_400_000);
    for (const { group } of await database.rows<{ group: string }>(groups)) {
      for (let round = 0; round < PURGE_ROUNDS && !signal.aborted; round++) {
        if ((await database.run(purge, [group, before, PURGE_ROWS])) < PURGE_ROWS) break;
      }
    }
  }
  return { name: `${database.name}.inbox-purge`, everyMs: 600_000, run };
}

/** The lowest UUIDv7 of a time: its first 48 bits are milliseconds since 1970 (RFC 9562). */
function lowestUuidAt(epochMs: number): string {
  const hex = epochMs.toString(16).padStart(12, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8)}-7000-8000-000000000000`;
}
