import type { PaymentMethod } from '../../../contracts/http/payments.ts';
import { sql, type Tx } from '../../../platform/postgres/database.ts';
import { joinJsonTexts } from '../../../platform/postgres/joined-texts.ts';

export type BookingState = 'STARTED' | 'UNDOING' | 'ACCEPTED' | 'DONE';

/** What is to be paid, and how. Forgotten as soon as nothing is to be charged any more. */
export type BookingCharge = {
  amountCents: number;
  currency: string;
  paymentMethod: PaymentMethod;
  paymentToken?: string | undefined;
};

export type Booking = {
  orderId: string;
  reservationId: string;
  userId: string;
  idempotencyKey: string;
  state: BookingState;
  charge: BookingCharge | null;
  traceparent: string;
};

const COLUMNS = `order_id as "orderId", reservation_id as "reservationId", user_id as "userId", idempotency_key as "idempotencyKey",
  state, charge, traceparent`;

const INSERT = sql(
  'orders.booking_insert',
  `insert into booking (order_id, reservation_id, user_id, idempotency_key, state, traceparent, due_at, created_at)
   select order_id, reservation_id, user_id, idempotency_key, 'STARTED', traceparent, due_at, created_at
   from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::timestamptz[], $7::timestamptz[])
     as given (order_id, reservation_id, user_id, idempotency_key, traceparent, due_at, created_at)`,
);
/** What is being undone is nobody's any more. Keys are forgotten after a day, and so is what they began. */
const CLAIM = sql(
  'orders.booking_claim',
  `update booking set due_at = case when state = 'DONE' then null else $4::timestamptz end
   where state <> 'UNDOING' and order_id =
     (select order_id from booking where user_id = $1 and idempotency_key = $2 and created_at > $3 order by order_id desc limit 1)
   returning ${COLUMNS}`,
);
const ACCEPT = sql(
  'orders.booking_accept',
  `update booking set state = case when given.charge is null then 'DONE' else 'ACCEPTED' end, charge = given.charge::jsonb,
     due_at = case when given.charge is null then null else given.due_at end
   from unnest($1::text[], string_to_array($2::text, E'\\x1E', ''), $3::timestamptz[]) as given (order_id, charge, due_at)
   where booking.order_id = given.order_id and state = 'STARTED'
   returning booking.order_id as "orderId"`,
);
const UNDO = sql(
  'orders.booking_undo',
  `update booking set state = 'UNDOING', due_at = $2 where order_id = $1 and state = 'STARTED'`,
);
const DELETE = sql('orders.booking_delete', `delete from booking where order_id = $1 and state in ('STARTED', 'UNDOING')`);
const POSTPONE = sql('orders.booking_postpone', `update booking set due_at = $2 where order_id = $1 and state = 'ACCEPTED'`);
const FINISH = sql(
  'orders.booking_finish',
  `update booking set state = 'DONE', charge = null, due_at = null where order_id = any($1::text[])`,
);
/** Puts the next look off, so that replicas do not do the same work. What nobody was told of is undone from here on. */
const TAKE_DUE = sql(
  'orders.booking_take_due',
  `update booking set due_at = $2, state = case when state = 'STARTED' then 'UNDOING' else state end where order_id in
     (select order_id from booking where due_at <= $1 order by due_at limit $3 for update skip locked)
   returning ${COLUMNS}`,
);

type NewBooking = { booking: Booking; dueAt: Date; at: Date };

export async function insertBookings(tx: Tx, made: readonly NewBooking[]): Promise<void> {
  if (made.length === 0) return;
  const column = <T>(pick: (booking: Booking) => T) => made.map(({ booking }) => pick(booking));
  await tx.run(INSERT, [
    column((b) => b.orderId),
    column((b) => b.reservationId),
    column((b) => b.userId),
    column((b) => b.idempotencyKey),
    column((b) => b.traceparent),
    made.map(({ dueAt }) => dueAt),
    made.map(({ at }) => at),
  ]);
}

/** The booking that a request with this key began since then, for a repetition of it to go on with until `dueAt`. */
export async function claimBooking(
  tx: Tx,
  key: { userId: string; idempotencyKey: string; since: Date },
  dueAt: Date,
): Promise<Booking | undefined> {
  return (await tx.rows<Booking>(CLAIM, [key.userId, key.idempotencyKey, key.since, dueAt]))[0];
}

type Accepted = { orderId: string; charge: BookingCharge | null; dueAt: Date };

/** Returns the ids of those that are not being undone. */
export async function acceptBookings(tx: Tx, accepted: readonly Accepted[]): Promise<Set<string>> {
  const rows = await tx.rows<{ orderId: string }>(ACCEPT, [
    accepted.map(({ orderId }) => orderId),
    joinJsonTexts(accepted.map(({ charge }) => (charge === null ? '' : JSON.stringify(charge)))),
    accepted.map(({ dueAt }) => dueAt),
  ]);
  return new Set(rows.map(({ orderId }) => orderId));
}

/** From here on what it holds is given back, by a job if by nobody else. */
export function undoBooking(tx: Tx, orderId: string, dueAt: Date): Promise<number> {
  return tx.run(UNDO, [orderId, dueAt]);
}

/** A booking that came to nothing, and holds nothing. */
export function deleteBooking(tx: Tx, orderId: string): Promise<number> {
  return tx.run(DELETE, [orderId]);
}

export function postponeBooking(tx: Tx, orderId: string, dueAt: Date): Promise<number> {
  return tx.run(POSTPONE, [orderId, dueAt]);
}

/** Their orders go on by themselves. */
export function finishBookings(tx: Tx, orderIds: readonly string[]): Promise<number> {
  return tx.run(FINISH, [orderIds]);
}

/** Bookings that stood still; they are due again at `next`. */
export function takeDueBookings(tx: Tx, now: Date, next: Date, limit: number): Promise<Booking[]> {
  return tx.rows<Booking>(TAKE_DUE, [now, next, limit]);
}
