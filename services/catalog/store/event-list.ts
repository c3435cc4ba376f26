import { sql, type Tx } from '../../../platform/postgres/database.ts';
import type { Viewer } from '../domain/access.ts';
import { BEYOND_ALL_DATES_MS, START_MS, type EventPlace } from './event-place.ts';
import { EVENT_COLUMNS, EVENT_TABLES, type EventRow } from './events.ts';

/** $2: an admin sees every draft; $3: organizers see their own. */
const SEEN = `(e.status <> 'DRAFT' OR $2 OR e.organizer_id = $3)`;
/** Coming events go on behind $5 and $6, past ones behind $7 and $8. What is null at the first page would forbid a plan by index. */
const AFTER = `e.start_date >= $5 AND (e.start_date > $5 OR e.event_id > $6)`;
const FORWARD = 'ORDER BY e.start_date, e.event_id LIMIT $9';

/**
 * Three stretches of the list, each in the order of an index, so that no more is read than one page of each: what is under way at $4,
 * what starts later, and what has ended, backwards.
 */
const LIST = sql(
  'catalog.event_list',
  `WITH page AS (
     (SELECT e.event_id, ${START_MS} AS place FROM event e
      WHERE ${SEEN} AND tstzrange(e.start_date, e.end_date) @> $4::timestamptz AND ${AFTER} ${FORWARD})
     UNION ALL
     (SELECT e.event_id, ${START_MS} FROM event e WHERE ${SEEN} AND e.start_date > $4 AND ${AFTER} ${FORWARD})
     UNION ALL
     (SELECT e.event_id, ${BEYOND_ALL_DATES_MS} - ${START_MS} FROM event e
      WHERE ${SEEN} AND e.start_date <= $4 AND e.end_date <= $4
        AND e.start_date <= $7 AND (e.start_date < $7 OR e.event_id > $8)
      ORDER BY e.start_date DESC, e.event_id LIMIT $9)
     ORDER BY place, event_id LIMIT $9
   )
   SELECT ${EVENT_COLUMNS}, page.place FROM page JOIN (${EVENT_TABLES}) USING (event_id) ORDER BY page.place, event_id`,
);

type Bound = readonly [start: Date | '-infinity' | 'infinity', eventId: string];
const FIRST_COMING: Bound = ['-infinity', ''];
const NO_MORE_COMING: Bound = ['infinity', ''];
const FIRST_PAST: Bound = ['infinity', ''];

/** All events that the viewer sees: coming ones by their start, then those past at `asOf`, the latest first. */
export function eventList(
  tx: Tx,
  { now, viewer }: { now: Date; viewer: Viewer | null },
  asOf: Date,
  after: EventPlace | null,
  limit: number,
): Promise<(EventRow & { place: string })[]> {
  const seen = [now, viewer?.isAdmin ?? false, viewer?.userId ?? null];
  return tx.rows(LIST, [...seen, asOf, ...boundsAfter(after), limit]);
}

/** Where coming and past events go on. */
function boundsAfter(after: EventPlace | null): (Date | string)[] {
  if (after === null) return [...FIRST_COMING, ...FIRST_PAST];
  const place = Number(after.place);
  const isPast = place > BEYOND_ALL_DATES_MS / 2;
  const start = new Date(isPast ? BEYOND_ALL_DATES_MS - place : place);
  return isPast ? [...NO_MORE_COMING, start, after.eventId] : [start, after.eventId, ...FIRST_PAST];
}
