import type { Pool } from 'pg';
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
 * The usual pattern, as the driver's documentation shows it: begin, lock the row, look, change, commit, each awaited. Every statement is
 * prepared once a connection.
 */
export async function reserveStepByStep(pool: Pool, wanted: Wanted): Promise<Outcome> {
  const client = await pool.connect();
  try {
    await client.query('begin');
    const { eventId, userId, section: name, quantity, reservationId } = wanted;
    const { rows: sections } = await client.query<Section>({ ...LOCK, values: [eventId, name] });
    const { rows: held } = await client.query<{ quantity: number }>({ ...HELD, values: [eventId, userId] });
    const outcome = decide(sections[0], held[0]?.quantity ?? 0, quantity);
    if (outcome.ok) {
      await client.query({ ...TAKE, values: [eventId, name, quantity] });
      await client.query({ ...COUNT_USER, values: [eventId, userId, quantity] });
      await client.query({ ...INSERT, values: [reservationId, eventId, userId, name, quantity, outcome.expiresAt] });
    }
    await client.query('commit');
    client.release();
    return outcome;
  } catch (error) {
    client.release(true);
    throw error;
  }
}

/**
 * The same as well as it can be written: two round trips. The lock and the user's count travel with BEGIN, the three writes with
 * COMMIT.
 */
export async function reservePipelined(database: Database, wanted: Wanted): Promise<Outcome> {
  return database.transaction(async (tx) => {
    const { eventId, userId, section: name, quantity } = wanted;
    const [[section], [held]] = await Promise.all([
      tx.rows<Section>(LOCK, [eventId, name]),
      tx.rows<{ quantity: number }>(HELD, [eventId, userId]),
    ]);
    const outcome = decide(section, held?.quantity ?? 0, quantity);
    if (outcome.ok) write(tx, wanted, outcome.expiresAt);
    return outcome;
  });
}

function decide(section: Section | undefined, held: number, quantity: number): Outcome {
  if (section === undefined) return { ok: false, code: 'SECTION_NOT_FOUND' };
  if (held + quantity > section.maxTicketsPerUser) return { ok: false, code: 'TICKET_LIMIT_EXCEEDED' };
  if (section.available < quantity) return { ok: false, code: 'SOLD_OUT' };
  const { priceCents, currency, ttlSeconds } = section;
  return { ok: true, priceCents, currency, ttlSeconds, expiresAt: new Date(Date.now() + ttlSeconds * 1_000) };
}

/** Not awaited: COMMIT goes right behind them, and fails if one of them did. */
function write(tx: Tx, { reservationId, eventId, userId, section, quantity }: Wanted, expiresAt: Date): void {
  void tx.run(TAKE, [eventId, section, quantity]);
  void tx.run(COUNT_USER, [eventId, userId, quantity]);
  void tx.run(INSERT, [reservationId, eventId, userId, section, quantity, expiresAt]);
}
