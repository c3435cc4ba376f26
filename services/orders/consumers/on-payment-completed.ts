import type { DomainEvent } from '../../../contracts/events/domain-event.ts';
import type { Subscription } from '../../../platform/event-log/port.ts';
import type { Database } from '../../../platform/postgres/database.ts';
import type { OrderSettler, Outcomes, Paid } from '../settle-orders.ts';

/** Money came: take the seats for good, then confirm with tickets, or give the money back. */
export function onPaymentCompleted(database: Database, settler: OrderSettler): Subscription<Outcomes> {
  return {
    group: 'orders.payment-completed',
    topics: ['payment.events'],
    types: ['payment.completed'],
    database,
    prepare: (events) => settler.allocate(paidOf(events)),
    handle: (tx, events, outcomes) => settler.settle(tx, paidOf(events), outcomes),
  };
}

function paidOf(events: readonly DomainEvent[]): Paid[] {
  return events.flatMap((event) =>
    event.type === 'payment.completed'
      ? [{ orderId: event.data.orderId, paymentId: event.data.paymentId, traceparent: event.traceparent }]
      : [],
  );
}
