import type { ReleaseReason } from '../../../contracts/events/seat.ts';
import type { OrderCause } from '../domain/order-status.ts';
import type { RefundReason } from '../domain/settlement.ts';
import type { Subscription } from '../../../platform/event-log/port.ts';
import type { ServiceClient } from '../../../platform/http/service-client.ts';
import type { Database } from '../../../platform/postgres/database.ts';
import { releaseHold } from '../release-hold.ts';

/**
 * Seating learns of a cancelled event by itself too; whoever is first, it is once. The hold of an order that was given up during its
 * payment, or of a booking whose payment failed, is kept by that payment until we say so.
 */
const RELEASES = new Map<string, ReleaseReason>([
  ['CANCELLED_BY_BUYER', 'CANCELLED'],
  ['ORDER_CANCELLED', 'CANCELLED'],
  ['EVENT_CANCELLED', 'EVENT_CANCELLED'],
  ['BOOKING_DECLINED', 'PAYMENT_FAILED'],
] satisfies [OrderCause | RefundReason, ReleaseReason][]);

/**
 * An order was given up, or failed, before it was confirmed: its seats become free. By an event of our own, so that it also happens
 * when seating was away at that moment.
 */
export function onOrderCancelled(database: Database, services: ServiceClient): Subscription<void> {
  return {
    group: 'orders.release-cancelled',
    topics: ['booking.events'],
    types: ['booking.cancelled', 'booking.failed'],
    database,
    prepare: async (events) => {
      for (const event of events) {
        if (event.type !== 'booking.cancelled' && event.type !== 'booking.failed') continue;
        const reason = RELEASES.get(event.data.reason);
        if (reason === undefined) continue;
        await releaseHold(services, event.data.reservationId, reason, event.traceparent);
      }
    },
    handle: () => Promise.resolve(),
  };
}
