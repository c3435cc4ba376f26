import type { EventSort } from '../../../contracts/http/catalog.ts';
import { sql, type Statement, type Tx } from '../../../platform/postgres/database.ts';
import type { Viewer } from '../domain/access.ts';
import { eventList } from './event-list.ts';
import { BEYOND_ALL_DATES_MS, START_MS, type EventPlace } from './event-place.ts';
import { EVENT_COLUMNS, EVENT_TABLES, type EventRow } from './events.ts';

export type EventFilter = {
  now: Date;
  /** Whose drafts are among the found, besides everybody's events; an admin sees all. */
  viewer: Viewer | null;
  q?: string;
  city?: string;
  eventType?: string;
  status?: string;
  /** Events that start at this time or later. */
  from?: Date;
  /** Events that start before this time. */
  to?: Date;
  sort?: EventSort;
};

const MATCHES = `(e.status <> 'DRAFT' OR $2 OR e.organizer_id = $3)
  AND ($4::text IS NULL OR e.search_text LIKE lower($4) OR v.search_text LIKE lower($4))
  AND ($5::text IS NULL OR lower(v.city) = lower($5))
  AND ($6::text IS NULL OR e.event_type = $6)
  AND ($7::text IS NULL OR event_status_at(e.status, e.start_date, e.end_date, $1) = $7)
  AND ($8::timestamptz IS NULL OR e.start_date >= $8)
  AND ($9::timestamptz IS NULL OR e.start_date < $9)`;

const COMING_FIRST = `CASE WHEN e.end_date > $10 THEN ${START_MS} ELSE ${BEYOND_ALL_DATES_MS} - ${START_MS} END`;

type Order = { place: string; type: 'bigint' | 'text'; descending: boolean };

/** What a list is ordered by, then by eventId. */
const ORDERS: Record<EventSort | 'comingFirst', Order> = {
  comingFirst: { place: COMING_FIRST, type: 'bigint', descending: false },
  startDate: { place: START_MS, type: 'bigint', descending: false },
  '-startDate': { place: START_MS, type: 'bigint', descending: true },
  name: { place: 'lower(e.name)', type: 'text', descending: false },
  '-name': { place: 'lower(e.name)', type: 'text', descending: true },
  basePriceCents: { place: 'e.base_price_cents::bigint', type: 'bigint', descending: false },
  '-basePriceCents': { place: 'e.base_price_cents::bigint', type: 'bigint', descending: true },
};

function pageBy({ place, type, descending }: Order): string {
  const direction = descending ? 'DESC' : 'ASC';
  return `SELECT * FROM (
     SELECT ${EVENT_COLUMNS}, ${place} AS place, $10::timestamptz AS as_of FROM ${EVENT_TABLES} WHERE ${MATCHES}
   ) found
   WHERE $11::text IS NULL OR (place, "eventId") ${descending ? '<' : '>'} ($11::${type}, $12)
   ORDER BY place ${direction}, "eventId" ${direction} LIMIT $13`;
}

const PAGES: Record<EventSort | 'comingFirst', Statement> = {
  comingFirst: sql('catalog.event_page', pageBy(ORDERS.comingFirst)),
  startDate: sql('catalog.event_page_by_start', pageBy(ORDERS.startDate)),
  '-startDate': sql('catalog.event_page_by_start_back', pageBy(ORDERS['-startDate'])),
  name: sql('catalog.event_page_by_name', pageBy(ORDERS.name)),
  '-name': sql('catalog.event_page_by_name_back', pageBy(ORDERS['-name'])),
  basePriceCents: sql('catalog.event_page_by_price', pageBy(ORDERS.basePriceCents)),
  '-basePriceCents': sql('catalog.event_page_by_price_back', pageBy(ORDERS['-basePriceCents'])),
};

const COUNT = sql('catalog.event_count', `SELECT count(*)::integer AS count FROM ${EVENT_TABLES} WHERE ${MATCHES}`);

/** A page in the order of `filter.sort`; without one coming events by their start, then past ones, the latest first. */
export function eventPage(
  tx: Tx,
  filter: EventFilter,
  asOf: Date,
  after: EventPlace | null,
  limit: number,
): Promise<(EventRow & { place: string })[]> {
  if (isWholeList(filter)) return eventList(tx, filter, asOf, after, limit);
  const statement = PAGES[filter.sort ?? 'comingFirst'];
  return tx.rows(statement, [...filterValues(filter), asOf, after?.place ?? null, after?.eventId ?? null, limit]);
}

export async function eventCount(tx: Tx, filter: EventFilter): Promise<number> {
  const [row] = await tx.rows<{ count: number }>(COUNT, filterValues(filter));
  return row?.count ?? 0;
}

/** Nothing is looked for, so nothing but the page itself need be read. */
function isWholeList({ q, city, eventType, status, from, to, sort }: EventFilter): boolean {
  return [q, city, eventType, status, from, to, sort].every((wanted) => wanted === undefined);
}

function filterValues({ now, viewer, q, city, eventType, status, from, to }: EventFilter): unknown[] {
  const pattern = q === undefined ? null : `%${q.replaceAll(/[\\%_]/g, '\\$&')}%`;
  const seen = [now, viewer?.isAdmin ?? false, viewer?.userId ?? null];
  return [...seen, pattern, city ?? null, eventType ?? null, status ?? null, from ?? null, to ?? null];
}
