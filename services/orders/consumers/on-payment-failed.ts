import type { Clock } from '../../../platform/clock.ts';
import type { Subscription } from '../../../platform/event-log/port.ts';
import type { ServiceClient } from '../../../platform/http/service-client.ts';
import type { Database } from '../../../platform/postgres/database.ts';
import type { OrderState } from '../domain/order.ts';
import { failPayments, type FailedPayment } from '../fail-payments.ts';
import { readOrders } from '../store/orders.ts';
import { closeWindowAfterFailure } from '../payment-window.ts';

/** A charge came to nothing: the hold ends as it was planned, and until then the buyer may try another card. */
export function onPaymentFailed(database: Database, services: ServiceClient, clock: Clock): Subscription<void> {
  return {
    group: 'orders.payment-failed',
    topics: ['payment.events'],
    types: ['payment.failed'],
    database,
    prepare: async (events) => {
      const failed = new Map(events.flatMap((event) => (event.type === 'payment.failed' ? [[event.data.paymentId, event]] : [])));
      const orders = await readOrders(database, [...new Set(events.map(({ subject }) => subject))]);
      // An order that is on to its next payment keeps that one's window.
      const over = orders.filter(({ paymentId }: OrderState) => paymentId !== null && failed.has(paymentId));
      await closeWindows(services, over);
    },
    handle: async (tx, events) => {
      const failed = events.flatMap((event): FailedPayment[] =>
        event.type === 'payment.failed'
          ? [{ orderId: event.data.orderId, paymentId: event.data.paymentId, traceparent: event.traceparent }]
          : [],
      );
      await failPayments(tx, failed, clock.now());
    },
  };
}

const CALLS_AT_ONCE = 10;

async function closeWindows(services: ServiceClient, orders: readonly OrderState[]): Promise<void> {
  for (let start = 0; start < orders.length; start += CALLS_AT_ONCE) {
    await Promise.all(orders.slice(start, start + CALLS_AT_ONCE).map((order) => closeWindowAfterFailure(services, order)));
  }
}
