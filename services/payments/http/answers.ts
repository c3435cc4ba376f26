import type { ChargeAnswer, Payment, Refund } from '../../../contracts/http/payments.ts';
import { ApiError } from '../../../platform/http/api-error.ts';
import { answerOfError, type StoredAnswer } from '../../../platform/idempotency/answer.ts';
import type { PaymentState } from '../domain/payment.ts';
import type { RefundState } from '../store/refunds.ts';

export function toChargeAnswer(payment: PaymentState): ChargeAnswer {
  const { paymentId, orderId, amountCents, currency, status, paymentMethod, transactionId, idempotencyKey, createdAt } = payment;
  return {
    paymentId,
    orderId,
    amountCents,
    currency,
    status,
    paymentMethod,
    transactionId,
    idempotencyKey,
    createdAt: createdAt.toISOString(),
  };
}

export function toPaymentAnswer(payment: PaymentState, refunds: readonly RefundState[] = []): Payment {
  const { failureReason, retryable, refundedCents, updatedAt } = payment;
  return {
    ...toChargeAnswer(payment),
    ...(failureReason === null ? {} : { failureReason }),
    ...(retryable === null ? {} : { retryable }),
    refundedCents,
    refunds: refunds.map(toRefundAnswer),
    updatedAt: updatedAt.toISOString(),
  };
}

export function toRefundAnswer(refund: RefundState): Refund {
  const { refundId, paymentId, orderId, kind, ticketIds, amountCents, currency, reason, status, failureReason } = refund;
  return {
    refundId,
    paymentId,
    orderId,
    kind,
    ticketIds,
    amountCents,
    currency,
    reason,
    status,
    ...(failureReason === null ? {} : { failureReason }),
    createdAt: refund.createdAt.toISOString(),
    ...(refund.refundedAt === null ? {} : { refundedAt: refund.refundedAt.toISOString() }),
  };
}

/** What a refund is answered, by what became of it: 201, 202 until the provider has answered, 409. */
export function answerOfRefund(refund: RefundState): StoredAnswer {
  if (refund.status !== 'FAILED') return { status: refund.status === 'PENDING' ? 202 : 201, body: toRefundAnswer(refund) };
  const { refundId, failureReason } = refund;
  const detail = `The provider refused (${failureReason ?? 'no reason given'}): nothing went back. Tickets stay as they were.`;
  return storedOf(new ApiError('REFUND_FAILED', detail, { refundId, failureReason }));
}

/** What a charge is answered, by what became of its payment: 201, 202 while nobody knows, 402. */
export function answerOfPayment(payment: PaymentState): StoredAnswer {
  if (payment.status === 'PENDING') return { status: 202, body: toChargeAnswer(payment) };
  if (payment.status !== 'FAILED') return { status: 201, body: toChargeAnswer(payment) };
  const { paymentId, failureReason, retryable } = payment;
  const hint = retryable === true ? 'Try again, or pay with another card' : 'Pay with another card';
  const detail = `The payment failed (${failureReason}); nothing was charged. ${hint} before the hold ends.`;
  return storedOf(new ApiError('PAYMENT_DECLINED', detail, { paymentId, failureReason, retryable: retryable ?? false }));
}

function storedOf(refusal: ApiError): StoredAnswer {
  const answer = answerOfError(refusal);
  if (answer === null) throw new Error(`${refusal.code} is an answer that is stored`);
  return answer;
}
