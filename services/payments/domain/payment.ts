import type { PaymentMethod, PaymentStatus } from '../../../contracts/http/payments.ts';

export type PaymentState = {
  paymentId: string;
  orderId: string;
  userId: string;
  /** Told by orders when it lets the payment begin; null before. */
  eventId: string | null;
  reservationId: string | null;
  windowEndsAt: Date | null;
  amountCents: number;
  currency: string;
  paymentMethod: PaymentMethod;
  status: PaymentStatus;
  idempotencyKey: string;
  attempt: number;
  transactionId: string | null;
  failureReason: string | null;
  retryable: boolean | null;
  refundedCents: number;
  asked: number;
  createdAt: Date;
  updatedAt: Date;
};

/** A payment that orders has let begin. */
export type BegunPayment = PaymentState & { eventId: string; reservationId: string; windowEndsAt: Date };

export function hasBegun(payment: PaymentState): payment is BegunPayment {
  return payment.eventId !== null && payment.reservationId !== null && payment.windowEndsAt !== null;
}

/** How a charge ended, or that nobody knows yet. */
export type ChargeResult =
  { kind: 'SUCCESS'; transactionId: string } | { kind: 'FAILED'; reason: string; retryable: boolean } | { kind: 'UNKNOWN' };

type Outcome = { kind: 'CAPTURED'; transactionId: string } | { kind: 'DECLINED'; reason: string } | { kind: 'VOIDED' };

/** Whether the same card may work another time: it may get funds, and a gateway may come back; a refused card stays refused. */
const RETRYABLE = new Set(['INSUFFICIENT_FUNDS', 'GATEWAY_TIMEOUT']);

/** What the provider's final word means. A charge that was voided failed because nobody answered in time. */
export function resultOf(outcome: Outcome): ChargeResult {
  switch (outcome.kind) {
    case 'CAPTURED':
      return { kind: 'SUCCESS', transactionId: outcome.transactionId };
    case 'DECLINED':
      return { kind: 'FAILED', reason: outcome.reason, retryable: RETRYABLE.has(outcome.reason) };
    case 'VOIDED':
      return { kind: 'FAILED', reason: 'GATEWAY_TIMEOUT', retryable: true };
  }
}

/** A payment whose process is silent for this long is taken up by the resume job. Longer than one attempt. */
export const SILENCE_MS = 15_000;
const FIRST_ASK_MS = 1_000;
const MAX_ASK_MS = 60_000;

/** When to ask again after asking `asked` times in vain. */
export function nextAsk(asked: number, now: Date): Date {
  return new Date(now.getTime() + Math.min(MAX_ASK_MS, FIRST_ASK_MS * 2 ** Math.min(asked, 10)));
}

export function afterSilence(now: Date): Date {
  return new Date(now.getTime() + SILENCE_MS);
}
