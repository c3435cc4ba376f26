import type { Clock } from '../../../platform/clock.ts';
import type { Subscription } from '../../../platform/event-log/port.ts';
import { appendToOutbox } from '../../../platform/outbox/append.ts';
import type { Database } from '../../../platform/postgres/database.ts';
import { changeOrder, type OrderChange } from '../domain/order.ts';
import { bookingRecord, bookingRefunded } from '../domain-events.ts';
import { lockOrders, saveChanges } from '../store/orders.ts';

/** Money for an order that could not be had went back: the order is REFUNDED. */
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
        const change = changeOrder(order, 'MONEY_RETURNED', clock.now());
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
