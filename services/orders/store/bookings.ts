import type { PaymentMethod } from '../../../contracts/http/payments.ts';
import { sql, type Tx } from '../../../platform/postgres/database.ts';

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
   values ($1, $2, $3, $4, $5, $6, $7, $8)`,
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
  `update booking set state = case when $2::jsonb is null then 'DONE' else 'ACCEPTED' end, charge = $2,
     due_at = case when $2::jsonb is null then null else $3::timestamptz end
   where order_id = $1 and state = 'STARTED'`,
);
const UNDO = sql(
  'orders.booking_undo',
  `update booking set state = 'UNDOING', due_at = $2 where order_id = $1 and state = 'STARTED'`,
);
const DELETE = sql('orders.booking_delete', `delete from booking where order_id = $1 and state in ('STARTED', 'UNDOING')`);
const POSTPONE = sql('orders.booking_postpone', `update booking set due_at = $2 where order_id = $1 and state = 'ACCEPTED'`);
const FINISH = sql(
  'orders.booking_finish',
  `update booking set state = 'DONE', charge = null, due_at = null where order_id = $1`,
);
/** Puts the next look off, so that replicas do not do the same work. What nobody was told of is undone from here on. */
const TAKE_DUE = sql(
  'orders.booking_take_due',
  `update booking set due_at = $2, state = case when state = 'STARTED' then 'UNDOING' else state end where order_id in
     (select order_id from booking where due_at <= $1 order by due_at limit $3 for update skip locked)
   returning ${COLUMNS}`,
);

export async function insertBooking(tx: Tx, booking: Booking, dueAt: Date, createdAt: Date): Promise<void> {
  const { orderId, reservationId, userId, idempotencyKey, state, traceparent } = booking;
  await tx.run(INSERT, [orderId, reservationId, userId, idempotencyKey, state, traceparent, dueAt, createdAt]);
}

/** The booking that a request with this key began since then, for a repetition of it to go on with until `dueAt`. */
export async function claimBooking(
  tx: Tx,
  key: { userId: string; idempotencyKey: string; since: Date },
  dueAt: Date,
): Promise<Booking | undefined> {
  return (await tx.rows<Booking>(CLAIM, [key.userId, key.idempotencyKey, key.since, dueAt]))[0];
}

/** There is an order, to be charged by `dueAt` if by nobody else, or (null) for nothing. False when it is being undone. */
export async function acceptBooking(tx: Tx, orderId: string, charge: BookingCharge | null, dueAt: Date): Promise<boolean> {
  return (await tx.run(ACCEPT, [orderId, charge === null ? null : JSON.stringify(charge), dueAt])) === 1;
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

/** Its order goes on by itself. */
export function finishBooking(tx: Tx, orderId: string): Promise<number> {
  return tx.run(FINISH, [orderId]);
}

/** Bookings that stood still; they are due again at `next`. */
export function takeDueBookings(tx: Tx, now: Date, next: Date, limit: number): Promise<Booking[]> {
  return tx.rows<Booking>(TAKE_DUE, [now, next, limit]);
}
