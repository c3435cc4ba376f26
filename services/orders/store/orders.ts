import type { ReleaseReason } from '../../../contracts/events/seat.ts';
import type { CancelReason, OrderStatus } from '../../../contracts/http/orders.ts';
import { sql, type Tx } from '../../../platform/postgres/database.ts';
import { joinJsonTexts } from '../../../platform/postgres/joined-texts.ts';
import { createLookup, type Lookup } from '../../../platform/postgres/lookup.ts';
import type { OrderChange, OrderState } from '../domain/order.ts';
import type { PricedItem } from '../domain/pricing.ts';

type Row = {
  order_id: string;
  user_id: string;
  event_id: string;
  reservation_id: string;
  status: OrderStatus;
  one_call: boolean;
  items: PricedItem[];
  subtotal_cents: number;
  fee_cents: number;
  tax_cents: number;
  total_cents: number;
  currency: string;
  payment_id: string | null;
  confirmation_number: string | null;
  expires_at: Date;
  payment_window_ends_at: Date | null;
  hold_end_reason: ReleaseReason | null;
  cancel_reason: CancelReason | null;
  check_at: Date | null;
  created_at: Date;
  updated_at: Date;
};

const COLUMNS = `order_id, user_id, event_id, reservation_id, status, one_call, items, subtotal_cents, fee_cents, tax_cents, total_cents, currency,
  payment_id, confirmation_number, expires_at, payment_window_ends_at, hold_end_reason, cancel_reason, check_at, created_at, updated_at`;

const READ = sql('orders.read', `select ${COLUMNS} from orders where order_id = any($1::text[])`);
const LOCK = sql('orders.lock', `select ${COLUMNS} from orders where order_id = any($1::text[]) order by order_id for update`);
const LOCK_BY_RESERVATION = sql(
  'orders.lock_by_reservation',
  `select ${COLUMNS} from orders where reservation_id = any($1::text[]) and status not in ('CANCELLED', 'FAILED', 'REFUNDED')
   order by order_id for update`,
);
const LIVE_OF_RESERVATIONS = sql(
  'orders.live_of_reservations',
  `select reservation_id, order_id from orders
   where reservation_id = any($1::text[]) and status not in ('CANCELLED', 'FAILED', 'REFUNDED')`,
);
const OF_USER = sql(
  'orders.of_user',
  `select ${COLUMNS} from orders
   where user_id = $1 and order_id < $2 and ($4::text is null or status = $4) and ($5::text is null or event_id = $5)
   order by order_id desc limit $3`,
);
const STATUSES = sql('orders.statuses', `select order_id, status from orders where order_id = any($1::text[])`);

/** Sorted, so that two batches that name the same reservations wait for one another and never in a circle. */
const INSERT = sql(
  'orders.insert',
  `insert into orders (order_id, user_id, event_id, reservation_id, status, one_call, items, subtotal_cents, fee_cents, tax_cents, total_cents,
     currency, expires_at, check_at, created_at, updated_at)
   select order_id, user_id, event_id, reservation_id, 'PENDING', one_call, items::jsonb, subtotal_cents, fee_cents, tax_cents, total_cents,
     currency, expires_at, check_at, created_at, created_at
   from unnest($1::text[], $2::text[], $3::text[], $4::text[], string_to_array($5::text, E'\\x1E'), $6::integer[], $7::integer[],
     $8::integer[], $9::integer[], $10::text[], $11::timestamptz[], $12::timestamptz[], $13::timestamptz[], $14::boolean[])
     as given (order_id, user_id, event_id, reservation_id, items, subtotal_cents, fee_cents, tax_cents, total_cents, currency,
       expires_at, check_at, created_at, one_call)
   order by reservation_id
   on conflict (reservation_id) where status not in ('CANCELLED', 'FAILED', 'REFUNDED') do nothing
   returning order_id`,
);

const UPDATE = sql(
  'orders.update',
  `update orders set status = given.status, payment_id = given.payment_id, confirmation_number = given.confirmation_number,
     payment_window_ends_at = given.payment_window_ends_at, hold_end_reason = given.hold_end_reason,
     cancel_reason = given.cancel_reason, check_at = given.check_at, updated_at = given.updated_at
   from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::timestamptz[], $6::text[], $7::text[],
     $8::timestamptz[], $9::timestamptz[])
     as given (order_id, status, payment_id, confirmation_number, payment_window_ends_at, hold_end_reason, cancel_reason, check_at, updated_at)
   where orders.order_id = given.order_id`,
);

const INSERT_CHANGES = sql(
  'orders.insert_changes',
  `insert into order_change (order_id, from_status, to_status, cause, payment_id, changed_at)
   select order_id, from_status, to_status, cause, payment_id, changed_at
   from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::timestamptz[]) with ordinality
     as given (order_id, from_status, to_status, cause, payment_id, changed_at, position)
   order by position`,
);

/** Takes what is due and puts its next check off, so that replicas do not do the same work and a failing order does not block others. */
const TAKE_DUE = sql(
  'orders.take_due',
  `update orders set check_at = $2 where order_id in
     (select order_id from orders where check_at <= $1 order by check_at limit $3 for update skip locked)
   returning ${COLUMNS}`,
);

export async function readOrders(tx: Tx, orderIds: readonly string[]): Promise<OrderState[]> {
  return (await tx.rows<Row>(READ, [orderIds])).map(toOrder);
}

export async function readOrder(tx: Tx, orderId: string): Promise<OrderState | undefined> {
  return (await readOrders(tx, [orderId]))[0];
}

export type FindOrder = Lookup<OrderState>;

/** For those who wait for a single order each, and are many. */
export function orderLookup(database: Tx): FindOrder {
  return createLookup('orders.find', async (orderIds) => {
    const orders = await readOrders(database, orderIds);
    return new Map(orders.map((order) => [order.orderId, order]));
  });
}

/** Locks these orders, in the one order that all use, and reads them as they are under the lock. */
export async function lockOrders(tx: Tx, orderIds: readonly string[]): Promise<Map<string, OrderState>> {
  const rows = await tx.rows<Row>(LOCK, [orderIds]);
  return new Map(rows.map((row) => [row.order_id, toOrder(row)]));
}

/** The orders that count for these reservations, at most one each, locked. */
export async function lockOrdersOfReservations(tx: Tx, reservationIds: readonly string[]): Promise<OrderState[]> {
  return (await tx.rows<Row>(LOCK_BY_RESERVATION, [reservationIds])).map(toOrder);
}

/** The order id that counts for each of these reservations. */
export async function liveOrdersOf(tx: Tx, reservationIds: readonly string[]): Promise<Map<string, string>> {
  const rows = await tx.rows<{ reservation_id: string; order_id: string }>(LIVE_OF_RESERVATIONS, [reservationIds]);
  return new Map(rows.map((row) => [row.reservation_id, row.order_id]));
}

export type OrderFilter = { userId: string; status: OrderStatus | null; eventId: string | null };

/** The latest first; `before` is the last id of the page before. */
export async function ordersOfUser(tx: Tx, filter: OrderFilter, before: string, limit: number): Promise<OrderState[]> {
  const { userId, status, eventId } = filter;
  return (await tx.rows<Row>(OF_USER, [userId, before, limit, status, eventId])).map(toOrder);
}

export async function readStatuses(tx: Tx, orderIds: readonly string[]): Promise<Map<string, OrderStatus>> {
  const rows = await tx.rows<{ order_id: string; status: OrderStatus }>(STATUSES, [orderIds]);
  return new Map(rows.map((row) => [row.order_id, row.status]));
}

/** Inserts those whose reservation has no live order, each with its first change. Returns the ids inserted. */
export async function insertOrders(tx: Tx, orders: readonly OrderState[]): Promise<Set<string>> {
  const column = <T>(pick: (order: OrderState) => T) => orders.map(pick);
  const rows = await tx.rows<{ order_id: string }>(INSERT, [
    column((o) => o.orderId),
    column((o) => o.userId),
    column((o) => o.eventId),
    column((o) => o.reservationId),
    joinJsonTexts(column((o) => JSON.stringify(o.items))),
    column((o) => o.subtotalCents),
    column((o) => o.feeCents),
    column((o) => o.taxCents),
    column((o) => o.totalCents),
    column((o) => o.currency),
    column((o) => o.expiresAt),
    column((o) => o.checkAt),
    column((o) => o.createdAt),
    column((o) => o.oneCall),
  ]);
  const inserted = new Set(rows.map((row) => row.order_id));
  const made = orders.filter((order) => inserted.has(order.orderId));
  void insertChanges(
    tx,
    made.map((order) => ({ from: null, order, cause: 'CREATED' })),
  );
  return inserted;
}

/** Writes changes of locked orders, in order; of several changes of one order the last is its state. */
export async function saveChanges(tx: Tx, changes: readonly OrderChange[]): Promise<void> {
  if (changes.length === 0) return;
  const last = [...new Map(changes.map(({ order }) => [order.orderId, order])).values()];
  const column = <T>(pick: (order: OrderState) => T) => last.map(pick);
  const updated = tx.run(UPDATE, [
    column((o) => o.orderId),
    column((o) => o.status),
    column((o) => o.paymentId),
    column((o) => o.confirmationNumber),
    column((o) => o.paymentWindowEndsAt),
    column((o) => o.holdEndReason),
    column((o) => o.cancelReason),
    column((o) => o.checkAt),
    column((o) => o.updatedAt),
  ]);
  await Promise.all([updated, insertChanges(tx, changes)]);
}

function insertChanges(tx: Tx, changes: readonly OrderChange[]): Promise<number> {
  if (changes.length === 0) return Promise.resolve(0);
  return tx.run(INSERT_CHANGES, [
    changes.map(({ order }) => order.orderId),
    changes.map(({ from }) => from),
    changes.map(({ order }) => order.status),
    changes.map(({ cause }) => cause),
    changes.map(({ order }) => order.paymentId),
    changes.map(({ order }) => order.updatedAt),
  ]);
}

/** Orders that expected news by `at` and heard nothing; they are due again at `next`. */
export async function takeDue(tx: Tx, at: Date, next: Date, limit: number): Promise<OrderState[]> {
  return (await tx.rows<Row>(TAKE_DUE, [at, next, limit])).map(toOrder);
}

function toOrder(row: Row): OrderState {
  return {
    orderId: row.order_id,
    userId: row.user_id,
    eventId: row.event_id,
    reservationId: row.reservation_id,
    status: row.status,
    oneCall: row.one_call,
    items: row.items,
    subtotalCents: row.subtotal_cents,
    feeCents: row.fee_cents,
    taxCents: row.tax_cents,
    totalCents: row.total_cents,
    currency: row.currency,
    paymentId: row.payment_id,
    confirmationNumber: row.confirmation_number,
    expiresAt: row.expires_at,
    paymentWindowEndsAt: row.payment_window_ends_at,
    holdEndReason: row.hold_end_reason,
    cancelReason: row.cancel_reason,
    checkAt: row.check_at,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}
