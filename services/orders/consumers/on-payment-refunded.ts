import type { DomainEvent } from '../../../contracts/events/domain-event.ts';
import type { Clock } from '../../../platform/clock.ts';
import type { Subscription } from '../../../platform/event-log/port.ts';
import { ApiError } from '../../../platform/http/api-error.ts';
import { appendToOutbox } from '../../../platform/outbox/append.ts';
import type { Database, Tx } from '../../../platform/postgres/database.ts';
import { changeOrder, type OrderChange, type OrderState } from '../domain/order.ts';
import type { OrderCause } from '../domain/order-status.ts';
import { isLeft } from '../domain/revocation.ts';
import { bookingRecord, bookingRefunded } from '../domain-events.ts';
import { lockOrders, saveChanges } from '../store/orders.ts';
import { finishRevocation, hasPendingRevocation } from '../store/revocations.ts';
import { ticketsOfOrder } from '../store/tickets.ts';

type Refunded = DomainEvent<'payment.refunded'>;

/** Money went back: the order is REFUNDED when no ticket of it is left, else PARTIALLY_REFUNDED. */
export function onPaymentRefunded(database: Database, clock: Clock): Subscription<void> {
  return {
    group: 'orders.payment-refunded',
    topics: ['payment.events'],
    types: ['payment.refunded'],
    database,
    handle: async (tx, events) => {
      const orders = await lockOrders(tx, [...new Set(events.map(({ subject }) => subject))]);
      const changes: OrderChange[] = [];
      for (const event of events) {
        const order = orders.get(event.subject);
        if (event.type !== 'payment.refunded' || order === undefined || order.paymentId !== event.data.paymentId) continue;
        const cause = await causeOf(tx, order, event);
        const change = cause === null ? null : changeOrder(order, cause, clock.now());
        if (change === null) continue;
        changes.push(change);
        orders.set(event.subject, change.order);
        const { refundId, refundedCents } = event.data;
        const refunded = bookingRefunded(change.order, refundId, refundedCents, event.traceparent);
        void appendToOutbox(tx, [bookingRecord(event.subject, [refunded])]);
      }
      await saveChanges(tx, changes);
    },
  };
}

async function causeOf(tx: Tx, order: OrderState, { data }: Refunded): Promise<OrderCause | null> {
  switch (data.kind) {
    case 'LATE_PAYMENT':
      return 'MONEY_RETURNED';
    case 'GOODWILL':
      // The payment is known here by another group of ours, which may be behind: this news can wait for it.
      if (order.status === 'PAYMENT_PROCESSING')
        throw new ApiError('SERVICE_UNAVAILABLE', `The payment of ${order.orderId} is not confirmed here yet.`);
      return 'PARTLY_REFUNDED';
    case 'TICKETS': {
      if ((await finishRevocation(tx, data.refundId, 'DONE')) === null) return null;
      const more = await hasPendingRevocation(tx, order.orderId);
      return more || (await ticketsOfOrder(tx, order.orderId)).some(isLeft) ? 'PARTLY_REFUNDED' : 'TICKETS_REFUNDED';
    }
  }
}
