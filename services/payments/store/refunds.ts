import type { RefundKind, RefundStatus } from '../../../contracts/http/payments.ts';
import { sql, type Tx } from '../../../platform/postgres/database.ts';

export type RefundState = {
  refundId: string;
  paymentId: string;
  orderId: string;
  kind: RefundKind;
  ticketIds: string[];
  amountCents: number;
  /** What the tickets were worth, or the late payment; 0 for goodwill. */
  valueCents: number;
  currency: string;
  reason: string;
  status: RefundStatus;
  failureReason: string | null;
  createdAt: Date;
  refundedAt: Date | null;
};

const COLUMNS = `refund_id as "refundId", payment_id as "paymentId", order_id as "orderId", kind, array_to_json(ticket_ids) as "ticketIds",
  amount_cents as "amountCents", value_cents as "valueCents", currency, reason, status, failure_reason as "failureReason",
  created_at as "createdAt", refunded_at as "refundedAt"`;

const INSERT = sql(
  'payments.insert_refund',
  `insert into refund (refund_id, payment_id, order_id, kind, ticket_ids, amount_cents, value_cents, currency, reason, status, ask_at, created_at)
   select refund_id, payment_id, order_id, kind, ticket_ids::text[], amount_cents, value_cents, currency, reason, 'PENDING', $10, $11
   from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::integer[], $7::integer[], $8::text[], $9::text[])
     as given (refund_id, payment_id, order_id, kind, ticket_ids, amount_cents, value_cents, currency, reason)`,
);
/** What is given back, or about to be, counts at once, so that refunds can never add up to more than was captured. */
const RESERVE = sql(
  'payments.reserve_refund',
  `update payment set refunded_cents = refunded_cents + given.cents, updated_at = $3
   from unnest($1::text[], $2::integer[]) as given (payment_id, cents) where payment.payment_id = given.payment_id`,
);
const TAKE_DUE = sql(
  'payments.take_due_refunds',
  `update refund set asked = asked + 1, ask_at = $1::timestamptz + least(60000, 1000 * 2 ^ least(asked, 10)) * interval '1 millisecond'
   where refund_id in
     (select refund_id from refund where status = 'PENDING' and ask_at <= $1 order by ask_at limit $2 for update skip locked)
   returning ${COLUMNS}`,
);
const FINISH = sql(
  'payments.finish_refund',
  `update refund set status = 'SUCCESS', provider_refund_id = $2, refunded_at = $3, ask_at = null
   where refund_id = $1 and status = 'PENDING' returning ${COLUMNS}`,
);
const FAIL = sql(
  'payments.fail_refund',
  `update refund set status = 'FAILED', failure_reason = $2, ask_at = null where refund_id = $1 and status = 'PENDING' returning ${COLUMNS}`,
);
/** PARTIALLY_REFUNDED until all of it went back; refunds that are still PENDING do not count for the status. */
const SET_STATUS = sql(
  'payments.set_refunded_status',
  `update payment set updated_at = $2, status = case given.cents when amount_cents then 'REFUNDED' when 0 then status else 'PARTIALLY_REFUNDED' end
   from (select coalesce(sum(amount_cents), 0) as cents from refund where payment_id = $1 and status = 'SUCCESS') as given
   where payment_id = $1`,
);
const BY_ID = sql('payments.refund_by_id', `select ${COLUMNS} from refund where refund_id = $1`);
const OF_PAYMENTS = sql(
  'payments.refunds_of_payments',
  `select ${COLUMNS} from refund where payment_id = any($1::text[]) order by created_at, refund_id`,
);

/** `askAt`: when the job sends what nobody has sent by then. */
export type RefundTimes = { at: Date; askAt: Date };

export type NewRefund = Omit<RefundState, 'status' | 'failureReason' | 'refundedAt'>;

/** The caller has locked the payment, and knows that this much is left of it. `askAt` is when the job sends it. */
export async function insertRefund(tx: Tx, refund: NewRefund, askAt: Date): Promise<RefundState> {
  await insertRefunds(tx, [refund], { at: refund.createdAt, askAt });
  return { ...refund, status: 'PENDING', failureReason: null, refundedAt: null };
}

/** The same for many, made at the same moment. */
export async function insertRefunds(tx: Tx, refunds: readonly NewRefund[], { at, askAt }: RefundTimes): Promise<void> {
  if (refunds.length === 0) return;
  const column = <T>(pick: (refund: NewRefund) => T) => refunds.map(pick);
  const inserted = tx.run(INSERT, [
    column((r) => r.refundId),
    column((r) => r.paymentId),
    column((r) => r.orderId),
    column((r) => r.kind),
    // Ids have no character that would need quotes in an array.
    column((r) => `{${r.ticketIds.join(',')}}`),
    column((r) => r.amountCents),
    column((r) => r.valueCents),
    column((r) => r.currency),
    column((r) => r.reason),
    askAt,
    at,
  ]);
  const reserved = new Map<string, number>();
  for (const { paymentId, amountCents } of refunds) reserved.set(paymentId, (reserved.get(paymentId) ?? 0) + amountCents);
  await Promise.all([inserted, tx.run(RESERVE, [[...reserved.keys()], [...reserved.values()], at])]);
}

export function takeDueRefunds(tx: Tx, now: Date, limit: number): Promise<RefundState[]> {
  return tx.rows<RefundState>(TAKE_DUE, [now, limit]);
}

/** The caller has locked the payment. Null when the refund was finished before. */
export async function finishRefund(
  tx: Tx,
  refund: RefundState,
  providerRefundId: string | null,
  at: Date,
): Promise<RefundState | null> {
  const [finished] = await tx.rows<RefundState>(FINISH, [refund.refundId, providerRefundId, at]);
  if (finished === undefined) return null;
  await tx.run(SET_STATUS, [refund.paymentId, at]);
  return finished;
}

/** Gives the reserved amount back. The caller has locked the payment. Null when the refund was finished before. */
export async function failRefund(tx: Tx, refund: RefundState, reason: string, at: Date): Promise<RefundState | null> {
  const [failed] = await tx.rows<RefundState>(FAIL, [refund.refundId, reason]);
  if (failed === undefined) return null;
  await tx.run(RESERVE, [[refund.paymentId], [-refund.amountCents], at]);
  return failed;
}

export async function refundById(tx: Tx, refundId: string): Promise<RefundState | undefined> {
  return (await tx.rows<RefundState>(BY_ID, [refundId]))[0];
}

/** By payment, the oldest first. */
export async function refundsOf(tx: Tx, paymentIds: readonly string[]): Promise<Map<string, RefundState[]>> {
  return Map.groupBy(await tx.rows<RefundState>(OF_PAYMENTS, [paymentIds]), ({ paymentId }) => paymentId);
}
