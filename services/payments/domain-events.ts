import type { DomainEvent, DomainEventData, DomainEventType } from '../../contracts/events/domain-event.ts';
import type { RefundKind } from '../../contracts/http/payments.ts';
import type { OutboxRecord } from '../../platform/outbox/append.ts';
import { newDomainEvent } from '../../platform/outbox/new-domain-event.ts';
import type { BegunPayment } from './domain/payment.ts';

type PaymentEventType = Extract<DomainEventType, `payment.${string}`>;
type Trace = string | undefined;

export function paymentRequested(payment: BegunPayment, traceparent: Trace): OutboxRecord {
  const { paymentMethod, attempt } = payment;
  return record(
    of('payment.requested', payment, traceparent, {
      ...factsOf(payment),
      paymentMethod,
      attempt,
      requestedAt: timeOf(payment),
    }),
  );
}

/** Settled, one way or the other: its status says which. Null for one that is not. */
export function paymentSettled(payment: BegunPayment, traceparent: Trace): OutboxRecord | null {
  const { attempt, transactionId, failureReason, retryable } = payment;
  if (payment.status === 'SUCCESS' && transactionId !== null) {
    const data = { ...factsOf(payment), transactionId, attempt, completedAt: timeOf(payment) };
    return record(of('payment.completed', payment, traceparent, data));
  }
  if (payment.status !== 'FAILED' || failureReason === null) return null;
  const data = { ...factsOf(payment), failureReason, retryable: retryable ?? false, attempt, failedAt: timeOf(payment) };
  return record(of('payment.failed', payment, traceparent, data));
}

export function paymentRetried(payment: BegunPayment, failureReason: string, traceparent: Trace): OutboxRecord {
  const data = { ...factsOf(payment), failureReason, attempt: payment.attempt, retriedAt: timeOf(payment) };
  return record(of('payment.retried', payment, traceparent, data));
}

type RefundFacts = {
  refundId: string;
  kind: RefundKind;
  amountCents: number;
  reason: string;
  ticketIds: readonly string[];
  failureReason: string | null;
};

export function paymentRefunded(payment: BegunPayment, refund: RefundFacts, at: Date): OutboxRecord {
  const { refundId, kind, amountCents, reason, ticketIds } = refund;
  const data = {
    ...factsOf(payment),
    refundId,
    kind,
    refundedCents: amountCents,
    reason,
    ticketIds: [...ticketIds],
    refundedAt: at.toISOString(),
  };
  return record(of('payment.refunded', payment, undefined, data));
}

/** Refused for good: what it had reserved can be refunded again, so it is never worth trying the same again by itself. */
export function refundFailed(payment: BegunPayment, refund: RefundFacts, at: Date): OutboxRecord {
  const { refundId, kind, amountCents, failureReason } = refund;
  const failed = { failureReason: failureReason ?? '', retryable: false, failedAt: at.toISOString() };
  const data = { ...factsOf(payment), refundId, kind, refundCents: amountCents, ...failed };
  return record(of('payment.refund-failed', payment, undefined, data));
}

function factsOf({ paymentId, orderId, userId, eventId, reservationId, amountCents, currency }: BegunPayment) {
  return { paymentId, orderId, userId, eventId, reservationId, amountCents, currency };
}

function timeOf(payment: BegunPayment): string {
  return payment.updatedAt.toISOString();
}

function record(event: DomainEvent<PaymentEventType>): OutboxRecord {
  return { topic: 'payment.events', key: event.subject, events: [event] };
}

function of<T extends PaymentEventType>(
  type: T,
  payment: BegunPayment,
  traceparent: Trace,
  data: DomainEventData<T>,
): DomainEvent<T> {
  return newDomainEvent({ type, source: '/onsale/payments', subject: payment.orderId, time: timeOf(payment), traceparent, data });
}
