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

/** What an `EventRow` is read from. $1 is the time at which the status is shown. */
export const EVENT_COLUMNS = `${OWN_COLUMNS}, v.name AS "venueName", v.city, v.country, coalesce(s.total_seats, 0) AS "totalSeats",
  coalesce(s.available_seats, 0) AS "availableSeats", event_status_at(e.status, e.start_date, e.end_date, $1) AS "shownStatus"`;
export const EVENT_TABLES = 'event e JOIN venue v USING (venue_id) LEFT JOIN event_seats s USING (event_id)';

const INSERT = sql(
  'catalog.insert_event',
  `INSERT INTO event (event_id, venue_id, organizer_id, name, description, event_type, start_date, end_date, status, currency, base_price_cents,
     on_sale_at, off_sale_at, timezone, hold_ttl_seconds, max_tickets_per_user, revision, created_at, updated_at)
   VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $18)`,
);
const UPDATE = sql(
  'catalog.update_event',
  `UPDATE event SET name = $2, description = $3, start_date = $4, end_date = $5, status = $6, base_price_cents = $7, on_sale_at = $8,
     off_sale_at = $9, hold_ttl_seconds = $10, max_tickets_per_user = $11, revision = $12, updated_at = $13, venue_id = $14,
     event_type = $15, timezone = $16
   WHERE event_id = $1`,
);
const BY_ID = sql('catalog.event_by_id', `SELECT ${EVENT_COLUMNS} FROM ${EVENT_TABLES} WHERE e.event_id = $2`);
const LOCK = sql('catalog.lock_event', 'SELECT FROM event WHERE event_id = $1 FOR NO KEY UPDATE');

const DELETE = sql(
  'catalog.delete_event',
  `WITH counts AS (DELETE FROM event_seats WHERE event_id = $1) DELETE FROM event WHERE event_id = $1`,
);

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
    e.venueId,
    e.eventType,
    e.timezone,
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

/** The event and what is known of its seats are gone. */
export async function deleteEvent(tx: Tx, eventId: string): Promise<void> {
  await tx.run(DELETE, [eventId]);
}
