import { sql, type Tx } from '../../../platform/postgres/database.ts';

export type RefundState = {
  refundId: string;
  paymentId: string;
  orderId: string;
  kind: 'LATE_PAYMENT' | 'TICKETS' | 'GOODWILL';
  ticketIds: string[];
  amountCents: number;
  currency: string;
  reason: string;
  createdAt: Date;
};

const COLUMNS = `refund_id as "refundId", payment_id as "paymentId", order_id as "orderId", kind, array_to_json(ticket_ids) as "ticketIds",
  amount_cents as "amountCents", currency, reason, created_at as "createdAt"`;

const INSERT = sql(
  'payments.insert_refund',
  `insert into refund (refund_id, payment_id, order_id, kind, amount_cents, currency, reason, status, ask_at, created_at)
   values ($1, $2, $3, $4, $5, $6, $7, 'PENDING', $8, $8)`,
);
/** What is given back, or about to be, counts at once, so that refunds can never add up to more than was captured. */
const RESERVE = sql(
  'payments.reserve_refund',
  `update payment set refunded_cents = refunded_cents + $2, updated_at = $3 where payment_id = $1`,
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
  `update refund set status = 'SUCCESS', provider_refund_id = $2, refunded_at = $3, ask_at = null where refund_id = $1 and status = 'PENDING'`,
);
/** PARTIALLY_REFUNDED until all of it went back; refunds that are still PENDING do not count for the status. */
const SET_STATUS = sql(
  'payments.set_refunded_status',
  `update payment set updated_at = $2, status = case when amount_cents =
     (select sum(amount_cents) from refund where refund.payment_id = payment.payment_id and refund.status = 'SUCCESS')
     then 'REFUNDED' else 'PARTIALLY_REFUNDED' end
   where payment_id = $1`,
);

export async function insertRefund(tx: Tx, refund: RefundState): Promise<void> {
  const { refundId, paymentId, orderId, kind, amountCents, currency, reason, createdAt } = refund;
  await Promise.all([
    tx.run(INSERT, [refundId, paymentId, orderId, kind, amountCents, currency, reason, createdAt]),
    tx.run(RESERVE, [paymentId, amountCents, createdAt]),
  ]);
}

export function takeDueRefunds(tx: Tx, now: Date, limit: number): Promise<RefundState[]> {
  return tx.rows<RefundState>(TAKE_DUE, [now, limit]);
}

/** The caller has locked the payment. False when the refund was finished before. */
export async function finishRefund(tx: Tx, refund: RefundState, providerRefundId: string, at: Date): Promise<boolean> {
  if ((await tx.run(FINISH, [refund.refundId, providerRefundId, at])) === 0) return false;
  await tx.run(SET_STATUS, [refund.paymentId, at]);
  return true;
}
