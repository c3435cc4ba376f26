import { sql, type Database } from '../../platform/postgres/database.ts';

/** What the database has of an event, to be held against what clients were told. */
export type Sold = {
  reservations: number;
  /** Seats and places that they hold. */
  quantity: number;
  /** Seats that more than one of them holds, and places beyond the capacity: 0, or Onsale has oversold. */
  oversold: number;
};

const SOLD = sql(
  'bench.sold',
  `select
     (select count(*)::integer from reservation where event_id = $1 and status in ('RESERVED', 'ALLOCATED')) as reservations,
     (select coalesce(sum(quantity), 0)::integer from reservation
      where event_id = $1 and status in ('RESERVED', 'ALLOCATED')) as quantity,
     (select count(*)::integer from (
        select seat_id from reservation cross join unnest(seat_ids) as seat (seat_id)
        where event_id = $1 and status in ('RESERVED', 'ALLOCATED') group by seat_id having count(*) > 1) as twice)
     + (select coalesce(sum(greatest(held.quantity - place_state.capacity, 0)), 0)::integer
        from place_state join (
          select place.section_index, sum(place.quantity)::integer as quantity
          from reservation cross join unnest(place_sections, place_quantities) as place (section_index, quantity)
          where event_id = $1 and status in ('RESERVED', 'ALLOCATED') group by place.section_index
        ) as held using (section_index) where event_id = $1) as oversold`,
);

export async function soldOf(seating: Database, eventId: string): Promise<Sold> {
  const [sold] = await seating.rows<Sold>(SOLD, [eventId]);
  if (sold === undefined) throw new Error('no answer');
  return sold;
}

const OPEN = sql(
  'bench.open_section',
  `insert into section (event_id, name, price_cents, currency, max_tickets_per_user, ttl_seconds, capacity)
   values ($1, $2, 5000, 'EUR', 1000, 3600, $3)`,
);
const YARDSTICK_SOLD = sql(
  'bench.yardstick_sold',
  `select (select count(*)::integer from reservation where event_id = $1) as reservations, sum(taken)::integer as quantity,
     sum(greatest(taken - capacity, 0))::integer as oversold
   from section where event_id = $1`,
);

/** Opens a section in the yardstick's database. */
export async function openSection(yardstick: Database, eventId: string, section: string, capacity: number): Promise<void> {
  await yardstick.run(OPEN, [eventId, section, capacity]);
}

export async function soldByYardstick(yardstick: Database, eventId: string): Promise<Sold> {
  const [sold] = await yardstick.rows<Sold>(YARDSTICK_SOLD, [eventId]);
  if (sold === undefined) throw new Error('no answer');
  return sold;
}

const SERVER = sql(
  'bench.server',
  `select current_setting('server_version') as version, current_setting('fsync') as fsync,
     current_setting('synchronous_commit') as "synchronousCommit", current_setting('full_page_writes') as "fullPageWrites",
     current_setting('shared_buffers') as "sharedBuffers", current_setting('max_connections') as "maxConnections"`,
);

/** The PostgreSQL server and what decides how durable its commits are. */
export async function serverFacts(database: Database): Promise<Record<string, string>> {
  const [facts] = await database.rows<Record<string, string>>(SERVER);
  return facts ?? {};
}

const DEADLOCKS = sql('bench.deadlocks', 'select coalesce(sum(deadlocks), 0)::integer as deadlocks from pg_stat_database');

/** In all databases of the server, since it was made. */
export async function deadlocksOf(database: Database): Promise<number> {
  const [counted] = await database.rows<{ deadlocks: number }>(DEADLOCKS);
  return counted?.deadlocks ?? 0;
}
