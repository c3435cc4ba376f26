import type { ChargeAnswer, Payment } from '../../../contracts/http/payments.ts';
import { ApiError } from '../../../platform/http/api-error.ts';
import { answerOfError, type StoredAnswer } from '../../../platform/idempotency/answer.ts';
import type { PaymentState } from '../domain/payment.ts';

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

export function toPaymentAnswer(payment: PaymentState): Payment {
  const { failureReason, retryable, refundedCents, updatedAt } = payment;
  return {
    ...toChargeAnswer(payment),
    ...(failureReason === null ? {} : { failureReason }),
    ...(retryable === null ? {} : { retryable }),
    refundedCents,
    updatedAt: updatedAt.toISOString(),
  };
}

/** What a charge is answered, by what became of its payment: 201, 202 while nobody knows, 402. */
export function answerOfPayment(payment: PaymentState): StoredAnswer {
  if (payment.status === 'PENDING') return { status: 202, body: toChargeAnswer(payment) };
  if (payment.status !== 'FAILED') return { status: 201, body: toChargeAnswer(payment) };
  const { paymentId, failureReason, retryable } = payment;
  const hint = retryable === true ? 'Try again, or pay with another card' : 'Pay with another card';
  const detail = `The payment failed (${failureReason}); nothing was charged. ${hint} before the hold ends.`;
  const answer = answerOfError(
    new ApiError('PAYMENT_DECLINED', detail, { paymentId, failureReason, retryable: retryable ?? false }),
  );
  if (answer === null) throw new Error('A declined payment is an answer that is stored');
  return answer;
}
