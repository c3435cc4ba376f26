import { sql, type Database, type Tx } from '../../../platform/postgres/database.ts';
import type { EventFacts } from '../../../contracts/events/catalog.ts';
import type { Static } from 'typebox';
import { DELETED, type SaleRules } from '../domain/sale.ts';

export type SaleRow = {
  rules: SaleRules;
  revision: number;
  version: number;
  layoutVersion: number;
  totalSeats: number;
  availableSeats: number;
};

type Row = {
  event_id: string;
  revision: number;
  version: string;
  layout_version: number;
  total_seats: number;
  available_seats: number;
  organizer_id: string;
  status: string;
  currency: string;
  on_sale_at: Date;
  off_sale_at: Date | null;
  end_date: Date;
  hold_ttl_seconds: number | null;
  max_tickets_per_user: number;
};

const COLUMNS = `event_id, revision, version, layout_version, total_seats, available_seats, organizer_id, status, currency, on_sale_at,
  off_sale_at, end_date, hold_ttl_seconds, max_tickets_per_user`;

/** The lock that decides who gets a seat: every write of an event's seats, from any process, waits here for the one before. */
export const LOCK_SALES = sql(
  'seating.lock_sales',
  `select ${COLUMNS} from event_sale where event_id = any($1::text[]) order by event_id for update`,
);

const READ_SALE = sql('seating.read_sale', `select ${COLUMNS} from event_sale where event_id = $1`);

const UPSERT_SALE = sql(
  'seating.upsert_sale',
  `insert into event_sale (event_id, revision, organizer_id, status, currency, on_sale_at, off_sale_at, end_date,
     hold_ttl_seconds, max_tickets_per_user)
   select event_id, revision, organizer_id, status, currency, on_sale_at, off_sale_at, end_date, hold_ttl_seconds, max_tickets
   from unnest($1::text[], $2::integer[], $3::text[], $4::text[], $5::text[], $6::timestamptz[], $7::timestamptz[],
     $8::timestamptz[], $9::integer[], $10::integer[]) as given (event_id, revision, organizer_id, status, currency, on_sale_at,
     off_sale_at, end_date, hold_ttl_seconds, max_tickets)
   order by event_id
   on conflict (event_id) do update set revision = excluded.revision, organizer_id = excluded.organizer_id,
     status = excluded.status, currency = excluded.currency, on_sale_at = excluded.on_sale_at, off_sale_at = excluded.off_sale_at,
     end_date = excluded.end_date, hold_ttl_seconds = excluded.hold_ttl_seconds,
     max_tickets_per_user = excluded.max_tickets_per_user
   where event_sale.revision < excluded.revision`,
);

const CLOSE_SALE = sql(
  'seating.close_sale',
  `update event_sale set status = '${DELETED}', revision = greatest(revision, $2)
   where event_id = $1 and not exists (
     select 1 from reservation where reservation.event_id = $1 and reservation.status in ('RESERVED', 'ALLOCATED')
   )`,
);

const ADVANCE_SALES = sql(
  'seating.advance_sales',
  `update event_sale set version = version + 1, available_seats = given.available_seats
   from unnest($1::text[], $2::integer[]) as given (event_id, available_seats)
   where event_sale.event_id = given.event_id`,
);

const SET_LAYOUT = sql(
  'seating.set_layout',
  `update event_sale set version = version + 1, layout_version = layout_version + 1, total_seats = $2, available_seats = $3
   where event_id = $1`,
);

/** Locks the sales of these events, in the one order that all use, and reads them as they are under the lock. */
export async function lockSales(tx: Tx, eventIds: readonly string[]): Promise<SaleRow[]> {
  return (await tx.rows<Row>(LOCK_SALES, [eventIds])).map(toSale);
}

export async function readSale(database: Tx, eventId: string): Promise<SaleRow | null> {
  const [row] = await database.rows<Row>(READ_SALE, [eventId]);
  return row ? toSale(row) : null;
}

/** Takes over what the catalog says of events; an older revision than the known one changes nothing. One entry per event. */
export async function upsertSales(database: Database | Tx, events: readonly Static<typeof EventFacts>[]): Promise<void> {
  const column = <T>(pick: (event: Static<typeof EventFacts>) => T) => events.map(pick);
  await database.run(UPSERT_SALE, [
    column((event) => event.eventId),
    column((event) => event.revision),
    column((event) => event.organizerId),
    column((event) => event.status),
    column((event) => event.currency),
    column((event) => event.onSaleAt),
    column((event) => event.offSaleAt),
    column((event) => event.endDate),
    column((event) => event.holdTtlSeconds),
    column((event) => event.maxTicketsPerUser),
  ]);
}

/**
 * Ends a sale for good, unless seats are held or sold: the event is being deleted. Whatever the log still brings of it is older.
 * @returns whether it is ended, now or before
 */
export async function closeSale(tx: Tx, event: Static<typeof EventFacts>): Promise<boolean> {
  await upsertSales(tx, [{ ...event, status: DELETED, revision: 0 }]);
  await lockSales(tx, [event.eventId]);
  return (await tx.run(CLOSE_SALE, [event.eventId, event.revision])) > 0;
}

export function advanceSales(tx: Tx, sales: readonly { eventId: string; availableSeats: number }[]): Promise<number> {
  return tx.run(ADVANCE_SALES, [sales.map((sale) => sale.eventId), sales.map((sale) => sale.availableSeats)]);
}

export function setLayout(tx: Tx, eventId: string, totalSeats: number, availableSeats: number): Promise<number> {
  return tx.run(SET_LAYOUT, [eventId, totalSeats, availableSeats]);
}

function toSale(row: Row): SaleRow {
  return {
    rules: {
      eventId: row.event_id,
      organizerId: row.organizer_id,
      status: row.status,
      currency: row.currency,
      onSaleAt: row.on_sale_at,
      offSaleAt: row.off_sale_at,
      endDate: row.end_date,
      holdTtlSeconds: row.hold_ttl_seconds,
      maxTicketsPerUser: row.max_tickets_per_user,
    },
    revision: row.revision,
    version: Number(row.version),
    layoutVersion: row.layout_version,
    totalSeats: row.total_seats,
    availableSeats: row.available_seats,
  };
}
