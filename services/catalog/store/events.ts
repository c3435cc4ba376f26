import type { EventStatus } from '../../../contracts/http/catalog.ts';
import { sql, type Tx } from '../../../platform/postgres/database.ts';
import type { OrganizedEvent } from '../domain/event.ts';

/** An event with what belongs to it elsewhere. `shownStatus` is its status at the time asked for. */
export type EventRow = OrganizedEvent & {
  venueName: string;
  city: string;
  country: string;
  totalSeats: number;
  availableSeats: number;
  shownStatus: EventStatus;
};

const OWN_COLUMNS = `e.event_id AS "eventId", e.venue_id AS "venueId", e.organizer_id AS "organizerId", e.name, e.description,
  e.event_type AS "eventType", e.start_date AS "startDate", e.end_date AS "endDate", e.status, e.currency, e.base_price_cents AS "basePriceCents",
  e.on_sale_at AS "onSaleAt", e.off_sale_at AS "offSaleAt", e.timezone, e.hold_ttl_seconds AS "holdTtlSeconds",
  e.max_tickets_per_user AS "maxTicketsPerUser", e.revision`;

/** $1 is the time at which the status is shown. */
const COLUMNS = `${OWN_COLUMNS}, v.name AS "venueName", v.city, v.country, coalesce(s.total_seats, 0) AS "totalSeats",
  coalesce(s.available_seats, 0) AS "availableSeats", event_status_at(e.status, e.start_date, e.end_date, $1) AS "shownStatus"`;
const TABLES = 'event e JOIN venue v USING (venue_id) LEFT JOIN event_seats s USING (event_id)';

const INSERT = sql(
  'catalog.insert_event',
  `INSERT INTO event (event_id, venue_id, organizer_id, name, description, event_type, start_date, end_date, status, currency, base_price_cents,
     on_sale_at, off_sale_at, timezone, hold_ttl_seconds, max_tickets_per_user, revision, created_at, updated_at)
   VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $18)`,
);
const UPDATE = sql(
  'catalog.update_event',
  `UPDATE event SET name = $2, description = $3, start_date = $4, end_date = $5, status = $6, base_price_cents = $7, on_sale_at = $8,
     off_sale_at = $9, hold_ttl_seconds = $10, max_tickets_per_user = $11, revision = $12, updated_at = $13
   WHERE event_id = $1`,
);
const BY_ID = sql('catalog.event_by_id', `SELECT ${COLUMNS} FROM ${TABLES} WHERE e.event_id = $2`);
const LOCK = sql('catalog.lock_event', 'SELECT FROM event WHERE event_id = $1 FOR NO KEY UPDATE');

const MATCHES = `(e.status <> 'DRAFT' OR $2 OR e.organizer_id = $3)
  AND ($4::text IS NULL OR concat_ws(E'\\n', e.name, e.description, v.name, v.city) ILIKE $4)
  AND ($5::text IS NULL OR lower(v.city) = lower($5))
  AND ($6::text IS NULL OR e.event_type = $6)
  AND ($7::text IS NULL OR event_status_at(e.status, e.start_date, e.end_date, $1) = $7)`;

/** Past events come after all coming ones, the latest first: their place is counted back from a time beyond every date. */
const BEYOND_ALL_DATES_MS = '40000000000000';
const PAGE = sql(
  'catalog.event_page',
  `SELECT * FROM (
     SELECT ${COLUMNS}, CASE WHEN e.end_date > $8 THEN ms.start ELSE ${BEYOND_ALL_DATES_MS} - ms.start END AS place
     FROM ${TABLES} CROSS JOIN LATERAL (SELECT (extract(epoch FROM e.start_date) * 1000)::bigint AS start) ms
     WHERE ${MATCHES}
   ) found
   WHERE $9::bigint IS NULL OR (place, "eventId") > ($9, $10)
   ORDER BY place, "eventId" LIMIT $11`,
);
const COUNT = sql('catalog.event_count', `SELECT count(*)::integer AS count FROM ${TABLES} WHERE ${MATCHES}`);

export async function insertEvent(tx: Tx, event: OrganizedEvent, createdAt: Date): Promise<void> {
  const e = event;
  await tx.run(INSERT, [
    e.eventId,
    e.venueId,
    e.organizerId,
    e.name,
    e.description,
    e.eventType,
    e.startDate,
    e.endDate,
    e.status,
    e.currency,
    e.basePriceCents,
    e.onSaleAt,
    e.offSaleAt,
    e.timezone,
    e.holdTtlSeconds,
    e.maxTicketsPerUser,
    e.revision,
    createdAt,
  ]);
}

export async function updateEvent(tx: Tx, event: OrganizedEvent, updatedAt: Date): Promise<void> {
  const e = event;
  await tx.run(UPDATE, [
    e.eventId,
    e.name,
    e.description,
    e.startDate,
    e.endDate,
    e.status,
    e.basePriceCents,
    e.onSaleAt,
    e.offSaleAt,
    e.holdTtlSeconds,
    e.maxTicketsPerUser,
    e.revision,
    updatedAt,
  ]);
}

export async function eventById(tx: Tx, eventId: string, now: Date): Promise<EventRow | null> {
  const [row] = await tx.rows<EventRow>(BY_ID, [now, eventId]);
  return row ?? null;
}

/** The event as it stays until the transaction ends. */
export async function lockEvent(tx: Tx, eventId: string, now: Date): Promise<EventRow | null> {
  // Locked first and read by a second statement, which sees what the lock's last holder committed, joined rows too.
  const [, row] = await Promise.all([tx.run(LOCK, [eventId]), eventById(tx, eventId, now)]);
  return row;
}

export type EventFilter = {
  now: Date;
  /** Whose drafts are among the found, besides everybody's events; an admin sees all. */
  viewer: { userId: string; isAdmin: boolean } | null;
  q?: string;
  city?: string;
  eventType?: string;
  status?: string;
};

/** Where a page ended: the order is by `place`, which depends on what was past at `asOf`. `place` is a bigint as text. */
export type EventPlace = { asOf: Date; place: string; eventId: string };

/** Coming events by their start, then past ones, the latest first. */
export function eventPage(
  tx: Tx,
  filter: EventFilter,
  asOf: Date,
  after: EventPlace | null,
  limit: number,
): Promise<(EventRow & { place: string })[]> {
  return tx.rows(PAGE, [...filterValues(filter), asOf, after?.place ?? null, after?.eventId ?? null, limit]);
}

export async function eventCount(tx: Tx, filter: EventFilter): Promise<number> {
  const [row] = await tx.rows<{ count: number }>(COUNT, filterValues(filter));
  return row?.count ?? 0;
}

function filterValues({ now, viewer, q, city, eventType, status }: EventFilter): unknown[] {
  const pattern = q === undefined ? null : `%${q.replaceAll(/[\\%_]/g, '\\$&')}%`;
  return [now, viewer?.isAdmin ?? false, viewer?.userId ?? null, pattern, city ?? null, eventType ?? null, status ?? null];
}
