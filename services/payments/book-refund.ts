import type { RefundKind } from '../../contracts/http/payments.ts';
import type { Tx } from '../../platform/postgres/database.ts';
import type { PaymentState } from './domain/payment.ts';
import { refundableCents, wasCaptured } from './domain/refund.ts';
import { insertRefunds, refundsOf, type NewRefund, type RefundState, type RefundTimes } from './store/refunds.ts';

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
export async function bookRefund(tx: Tx, payment: PaymentState, wish: Wish, times: RefundTimes): Promise<RefundState | null> {
  const [booked] = await bookRefunds(tx, [{ payment, wish }], times);
  return booked ?? null;
}

/** The same for many, in order: each finds what those before it left of its payment. */
export async function bookRefunds(
  tx: Tx,
  wishes: readonly { payment: PaymentState; wish: Wish }[],
  times: RefundTimes,
): Promise<(RefundState | null)[]> {
  if (wishes.length === 0) return [];
  const known = await refundsOf(tx, [...new Set(wishes.map(({ payment }) => payment.paymentId))]);
  const reservedCents = new Map<string, number>();
  const booked: NewRefund[] = [];
  const answers = wishes.map(({ payment, wish }) => {
    const { paymentId } = payment;
    const before = bookedBefore(known.get(paymentId) ?? [], wish);
    if (before !== undefined) return before;
    if (!wasCaptured(payment)) return null;
    const reserved = reservedCents.get(paymentId) ?? 0;
    const refund = refundOf(payment, wish, refundableCents(payment) - reserved, times.at);
    reservedCents.set(paymentId, reserved + refund.amountCents);
    booked.push(refund);
    const state: RefundState = { ...refund, status: 'PENDING', failureReason: null, refundedAt: null };
    known.set(paymentId, [...(known.get(paymentId) ?? []), state]);
    return state;
  });
  await insertRefunds(tx, booked, times);
  return answers;
}

/** A late payment goes back once, however often its news comes; a try that the provider refused does not count. */
function bookedBefore(refunds: readonly RefundState[], wish: Wish): RefundState | undefined {
  return wish.kind === 'LATE_PAYMENT'
    ? refunds.find(({ kind, status }) => kind === 'LATE_PAYMENT' && status !== 'FAILED')
    : refunds.find(({ refundId }) => refundId === wish.refundId);
}

function refundOf(payment: PaymentState, wish: Wish, leftCents: number, createdAt: Date): NewRefund {
  const { paymentId, orderId, currency } = payment;
  const { refundId, kind, reason } = wish;
  const valueCents = wish.valueCents ?? payment.amountCents;
  const amountCents = Math.min(valueCents, leftCents);
  const ticketIds = [...wish.ticketIds];
  return { refundId, paymentId, orderId, kind, ticketIds, amountCents, valueCents, currency, reason, createdAt };
}
