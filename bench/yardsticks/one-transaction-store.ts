import { sql, type Database, type Tx } from '../../platform/postgres/database.ts';

/** The hot row: everyone who wants places of this section waits here for everyone before. */
const LOCK = sql(
  'bench.lock_section',
  `select price_cents as "priceCents", currency, ttl_seconds as "ttlSeconds", max_tickets_per_user as "maxTicketsPerUser",
     capacity - taken as available
   from section where event_id = $1 and name = $2 for update`,
);
const HELD = sql('bench.held_by_user', 'select quantity from user_total where event_id = $1 and user_id = $2');
const TAKE = sql('bench.take', 'update section set taken = taken + $3 where event_id = $1 and name = $2');
const COUNT_USER = sql(
  'bench.count_user',
  `insert into user_total (event_id, user_id, quantity) values ($1, $2, $3)
   on conflict (event_id, user_id) do update set quantity = user_total.quantity + excluded.quantity`,
);
const INSERT = sql(
  'bench.insert_reservation',
  `insert into reservation (reservation_id, event_id, user_id, section, quantity, expires_at) values ($1, $2, $3, $4, $5, $6)`,
);

export type Wanted = { reservationId: string; eventId: string; userId: string; section: string; quantity: number };
export type Held = { priceCents: number; currency: string; ttlSeconds: number; expiresAt: Date };
export type Outcome = ({ ok: true } & Held) | { ok: false; code: 'SECTION_NOT_FOUND' | 'SOLD_OUT' | 'TICKET_LIMIT_EXCEEDED' };

type Section = Omit<Held, 'expiresAt'> & { maxTicketsPerUser: number; available: number };

/**
 * The usual pattern, as well as it can be written: a transaction a request, locking the row it counts in. Two round trips: the lock and
 * the user's count travel with BEGIN, the three writes with COMMIT; every statement is prepared once a connection.
 */
export async function reserveInOneTransaction(database: Database, wanted: Wanted): Promise<Outcome> {
  return database.transaction(async (tx) => {
    const { eventId, userId, section: name, quantity } = wanted;
    const [[section], [held]] = await Promise.all([
      tx.rows<Section>(LOCK, [eventId, name]),
      tx.rows<{ quantity: number }>(HELD, [eventId, userId]),
    ]);
    if (section === undefined) return { ok: false, code: 'SECTION_NOT_FOUND' };
    if ((held?.quantity ?? 0) + quantity > section.maxTicketsPerUser) return { ok: false, code: 'TICKET_LIMIT_EXCEEDED' };
    if (section.available < quantity) return { ok: false, code: 'SOLD_OUT' };
    const { priceCents, currency, ttlSeconds } = section;
    const expiresAt = new Date(Date.now() + ttlSeconds * 1_000);
    write(tx, wanted, expiresAt);
    return { ok: true, priceCents, currency, ttlSeconds, expiresAt };
  });
}

/** Not awaited: COMMIT goes right behind them, and fails if one of them did. */
function write(tx: Tx, { reservationId, eventId, userId, section, quantity }: Wanted, expiresAt: Date): void {
  void tx.run(TAKE, [eventId, section, quantity]);
  void tx.run(COUNT_USER, [eventId, userId, quantity]);
  void tx.run(INSERT, [reservationId, eventId, userId, section, quantity, expiresAt]);
}
