import type { PaymentState } from './payment.ts';

/** What was captured and is neither given back nor on its way. 0 for a payment that was not captured. */
export function refundableCents({ status, amountCents, refundedCents }: PaymentState): number {
  return status === 'SUCCESS' || status === 'PARTIALLY_REFUNDED' ? amountCents - refundedCents : 0;
}

export function wasCaptured({ status }: PaymentState): boolean {
  return status !== 'PENDING' && status !== 'FAILED';
}

export type GoodwillRefusal =
  { ok: false; code: 'PAYMENT_NOT_REFUNDABLE' } | { ok: false; code: 'REFUND_TOO_LARGE'; refundableCents: number };

/** Whether this amount may go back while tickets stay. */
export function mayGiveBack(payment: PaymentState, amountCents: number): { ok: true } | GoodwillRefusal {
  const leftCents = refundableCents(payment);
  if (leftCents === 0) return { ok: false, code: 'PAYMENT_NOT_REFUNDABLE' };
  if (amountCents > leftCents) return { ok: false, code: 'REFUND_TOO_LARGE', refundableCents: leftCents };
  return { ok: true };
}
