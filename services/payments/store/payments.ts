import type { PaymentStatus } from '../../../contracts/http/payments.ts';
import { sql, type Tx } from '../../../platform/postgres/database.ts';
import type { PaymentState } from '../domain/payment.ts';

const COLUMNS = `payment_id as "paymentId", order_id as "orderId", user_id as "userId", event_id as "eventId",
  reservation_id as "reservationId", window_ends_at as "windowEndsAt", amount_cents as "amountCents", currency,
  payment_method as "paymentMethod", status, idempotency_key as "idempotencyKey", attempt, transaction_id as "transactionId",
  failure_reason as "failureReason", retryable, refunded_cents as "refundedCents", asked, created_at as "createdAt",
  updated_at as "updatedAt"`;

const LIVE = `status in ('PENDING', 'SUCCESS', 'PARTIALLY_REFUNDED')`;

/** Sorted, so that two batches with orders in common wait for one another and never in a circle. */
const INSERT = sql(
  'payments.insert',
  `insert into payment (payment_id, order_id, user_id, amount_cents, currency, payment_method, status, idempotency_key, ask_at, created_at, updated_at)
   select payment_id, order_id, user_id, amount_cents, currency, payment_method, 'PENDING', idempotency_key, ask_at, created_at, created_at
   from unnest($1::text[], $2::text[], $3::text[], $4::integer[], $5::text[], $6::text[], $7::text[], $8::timestamptz[], $9::timestamptz[])
     as given (payment_id, order_id, user_id, amount_cents, currency, payment_method, idempotency_key, ask_at, created_at)
   order by order_id
   on conflict (order_id) where ${LIVE} do nothing
   returning payment_id`,
);
const LIVE_OF_ORDERS = sql(
  'payments.live_of_orders',
  `select ${COLUMNS} from payment where order_id = any($1::text[]) and ${LIVE}`,
);
const DELETE_UNBEGUN = sql(
  'payments.delete_unbegun',
  `delete from payment where payment_id = any($1::text[]) and status = 'PENDING' and event_id is null`,
);
const BEGIN = sql(
  'payments.begin',
  `update payment set event_id = given.event_id, reservation_id = given.reservation_id, window_ends_at = given.window_ends_at,
     attempt = 1, ask_at = given.ask_at, updated_at = given.at
   from unnest($1::text[], $2::text[], $3::text[], $4::timestamptz[], $5::timestamptz[], $6::timestamptz[])
     as given (payment_id, event_id, reservation_id, window_ends_at, ask_at, at)
   where payment.payment_id = given.payment_id and status = 'PENDING'
   returning payment.payment_id as "paymentId"`,
);
const NOTE_ATTEMPT = sql(
  'payments.note_attempt',
  `update payment set attempt = attempt + 1, ask_at = $2, updated_at = $3 where payment_id = $1 and status = 'PENDING' returning ${COLUMNS}`,
);
const LOCK = sql(
  'payments.lock',
  `select ${COLUMNS} from payment where payment_id = any($1::text[]) order by payment_id for update`,
);
const SETTLE = sql(
  'payments.settle',
  `update payment set status = given.status, transaction_id = given.transaction_id, failure_reason = given.failure_reason,
     retryable = given.retryable, ask_at = given.ask_at, updated_at = given.at
   from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::boolean[], $6::timestamptz[], $7::timestamptz[])
     as given (payment_id, status, transaction_id, failure_reason, retryable, ask_at, at)
   where payment.payment_id = given.payment_id`,
);
const BY_ID = sql('payments.by_id', `select ${COLUMNS} from payment where payment_id = $1`);
const BY_KEY = sql(
  'payments.by_key',
  `select ${COLUMNS}
   from unnest($1::text[], $2::text[], $3::text[]) as wanted (user_id, idempotency_key, order_id)
     join payment using (user_id, idempotency_key, order_id)
   order by payment_id desc`,
);
const LIST = sql(
  'payments.list',
  `select ${COLUMNS} from payment
   where payment_id < $1 and ($2::text is null or status = $2) and ($3::text is null or order_id = $3)
   order by payment_id desc limit $4`,
);
/** Puts the next look off at once, so that replicas do not ask for the same payment and one that stays silent blocks nobody. */
const TAKE_DUE = sql(
  'payments.take_due',
  `update payment set asked = asked + 1, ask_at = $1::timestamptz + least(60000, 1000 * 2 ^ least(asked, 10)) * interval '1 millisecond'
   where payment_id in
     (select payment_id from payment where status = 'PENDING' and ask_at <= $1 order by ask_at limit $2 for update skip locked)
   returning ${COLUMNS}`,
);

export async function insertPayments(
  tx: Tx,
  payments: readonly PaymentState[],
  askAt: (payment: PaymentState) => Date,
): Promise<Set<string>> {
  const column = <T>(pick: (payment: PaymentState) => T) => payments.map(pick);
  const rows = await tx.rows<{ payment_id: string }>(INSERT, [
    column((p) => p.paymentId),
    column((p) => p.orderId),
    column((p) => p.userId),
    column((p) => p.amountCents),
    column((p) => p.currency),
    column((p) => p.paymentMethod),
    column((p) => p.idempotencyKey),
    column(askAt),
    column((p) => p.createdAt),
  ]);
  return new Set(rows.map((row) => row.payment_id));
}

/** The payments that are alive, by order. */
export async function livePayments(tx: Tx, orderIds: readonly string[]): Promise<Map<string, PaymentState>> {
  const rows = await tx.rows<PaymentState>(LIVE_OF_ORDERS, [orderIds]);
  return new Map(rows.map((payment) => [payment.orderId, payment]));
}

/** Payments that orders did not let begin: nothing was asked of the provider, so they never were any. */
export function deleteUnbegun(tx: Tx, paymentIds: readonly string[]): Promise<number> {
  return paymentIds.length === 0 ? Promise.resolve(0) : tx.run(DELETE_UNBEGUN, [paymentIds]);
}

export type Beginning = { paymentId: string; eventId: string; reservationId: string; windowEndsAt: Date; askAt: Date; at: Date };

/** Which of them are PENDING still, now begun. */
export async function beginPayments(tx: Tx, beginnings: readonly Beginning[]): Promise<Set<string>> {
  const column = <T>(pick: (beginning: Beginning) => T) => beginnings.map(pick);
  const rows = await tx.rows<{ paymentId: string }>(BEGIN, [
    column((b) => b.paymentId),
    column((b) => b.eventId),
    column((b) => b.reservationId),
    column((b) => b.windowEndsAt),
    column((b) => b.askAt),
    column((b) => b.at),
  ]);
  return new Set(rows.map(({ paymentId }) => paymentId));
}

/** Counts one more attempt; null when the payment is decided already. */
export async function noteAttempt(tx: Tx, paymentId: string, askAt: Date, at: Date): Promise<PaymentState | null> {
  return (await tx.rows<PaymentState>(NOTE_ATTEMPT, [paymentId, askAt, at]))[0] ?? null;
}

export async function lockPayments(tx: Tx, paymentIds: readonly string[]): Promise<Map<string, PaymentState>> {
  const rows = await tx.rows<PaymentState>(LOCK, [paymentIds]);
  return new Map(rows.map((payment) => [payment.paymentId, payment]));
}

/** Not async: left unawaited, its error is the transaction's alone. */
export function savePayments(
  tx: Tx,
  payments: readonly PaymentState[],
  askAt: (payment: PaymentState) => Date | null,
): Promise<number> {
  if (payments.length === 0) return Promise.resolve(0);
  const column = <T>(pick: (payment: PaymentState) => T) => payments.map(pick);
  return tx.run(SETTLE, [
    column((p) => p.paymentId),
    column((p) => p.status),
    column((p) => p.transactionId),
    column((p) => p.failureReason),
    column((p) => p.retryable),
    column(askAt),
    column((p) => p.updatedAt),
  ]);
}

export async function paymentById(tx: Tx, paymentId: string): Promise<PaymentState | undefined> {
  return (await tx.rows<PaymentState>(BY_ID, [paymentId]))[0];
}

/** The payments that requests with these keys opened, the latest first. */
export function paymentsByKey(
  tx: Tx,
  keys: readonly Pick<PaymentState, 'userId' | 'idempotencyKey' | 'orderId'>[],
): Promise<PaymentState[]> {
  const column = (name: 'userId' | 'idempotencyKey' | 'orderId') => keys.map((key) => key[name]);
  return tx.rows<PaymentState>(BY_KEY, [column('userId'), column('idempotencyKey'), column('orderId')]);
}

/** The latest first; `before` is the last id of the page before. */
export function listPayments(
  tx: Tx,
  page: { before: string; limit: number; status: PaymentStatus | null; orderId: string | null },
): Promise<PaymentState[]> {
  return tx.rows<PaymentState>(LIST, [page.before, page.status, page.orderId, page.limit]);
}

/** PENDING payments whose process has been silent, or whose provider has. */
export function takeDuePayments(tx: Tx, now: Date, limit: number): Promise<PaymentState[]> {
  return tx.rows<PaymentState>(TAKE_DUE, [now, limit]);
}
