import type { DomainEvent } from '../../../contracts/events/domain-event.ts';
import type { Subscription } from '../../../platform/event-log/port.ts';
import type { Database } from '../../../platform/postgres/database.ts';
import { insertPaymentNews, type NewsRow } from '../store/order-history.ts';

/** Keeps what payments tells of an order, for its history. */
export function keepPaymentNews(database: Database): Subscription<void> {
  return {
    group: 'orders.payment-news',
    topics: ['payment.events'],
    types: [
      'payment.requested',
      'payment.retried',
      'payment.completed',
      'payment.failed',
      'payment.refunded',
      'payment.refund-failed',
    ],
    database,
    handle: (tx, events) => insertPaymentNews(tx, events.flatMap(newsOf)),
  };
}

function newsOf(event: DomainEvent): NewsRow[] {
  const details = detailsOf(event);
  if (details === null || !('paymentId' in event.data) || event.data.paymentId === null) return [];
  return [{ orderId: event.subject, type: event.type, paymentId: event.data.paymentId, details, at: new Date(event.time) }];
}

function detailsOf(event: DomainEvent): NewsRow['details'] | null {
  switch (event.type) {
    case 'payment.requested':
    case 'payment.completed':
      return { attempt: event.data.attempt, amountCents: event.data.amountCents };
    case 'payment.retried':
      return { attempt: event.data.attempt, failureReason: event.data.failureReason };
    case 'payment.failed': {
      const { attempt, failureReason, retryable } = event.data;
      return { attempt, failureReason, retryable };
    }
    case 'payment.refunded':
      return { refundId: event.data.refundId, amountCents: event.data.refundedCents, reason: event.data.reason };
    case 'payment.refund-failed': {
      const { refundId, failureReason, retryable } = event.data;
      return { refundId, failureReason, retryable };
    }
    default:
      return null;
  }
}
