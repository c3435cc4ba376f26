import type { RefundKind } from '../../contracts/http/payments.ts';
import type { Tx } from '../../platform/postgres/database.ts';
import type { PaymentState } from './domain/payment.ts';
import { refundableCents, wasCaptured } from './domain/refund.ts';
import { insertRefund, refundById, refundsOf, type RefundState } from './store/refunds.ts';

export type Wish = {
  refundId: string;
  kind: RefundKind;
  ticketIds: readonly string[];
  /** What the tickets were worth; null for a late payment, of which everything goes back. */
  valueCents: number | null;
  reason: string;
};

/**
 * Books a refund of tickets or of a late payment: PENDING, and its amount reserved. Never more than is left: what was given back as
 * goodwill before is not given twice. Booking it again changes nothing. The caller has locked the payment. Null when nothing was
 * captured.
 */
export async function bookRefund(
  tx: Tx,
  payment: PaymentState,
  wish: Wish,
  times: { at: Date; askAt: Date },
): Promise<RefundState | null> {
  const known = await bookedBefore(tx, payment, wish);
  if (known !== undefined) return known;
  if (!wasCaptured(payment)) return null;
  const leftCents = refundableCents(payment);
  const valueCents = wish.valueCents ?? payment.amountCents;
  const { paymentId, orderId, currency } = payment;
  const { refundId, kind, reason } = wish;
  const amountCents = Math.min(valueCents, leftCents);
  const ticketIds = [...wish.ticketIds];
  const refund = { refundId, paymentId, orderId, kind, ticketIds, amountCents, valueCents, currency, reason };
  return insertRefund(tx, { ...refund, createdAt: times.at }, times.askAt);
}

/** A late payment goes back once, however often its news comes; a try that the provider refused does not count. */
async function bookedBefore(tx: Tx, { paymentId }: PaymentState, wish: Wish): Promise<RefundState | undefined> {
  if (wish.kind !== 'LATE_PAYMENT') return refundById(tx, wish.refundId);
  const refunds = (await refundsOf(tx, [paymentId])).get(paymentId) ?? [];
  return refunds.find(({ kind, status }) => kind === 'LATE_PAYMENT' && status !== 'FAILED');
}
