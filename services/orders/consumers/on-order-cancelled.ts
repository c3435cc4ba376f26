import type { ReleaseReason } from '../../../contracts/events/seat.ts';
import type { OrderCause } from '../domain/order-status.ts';
import type { RefundReason } from '../domain/settlement.ts';
import type { Subscription } from '../../../platform/event-log/port.ts';
import { ApiError } from '../../../platform/http/api-error.ts';
import type { ServiceClient } from '../../../platform/http/service-client.ts';
import type { Database } from '../../../platform/postgres/database.ts';

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
        await release(services, event.data.reservationId, reason, event.traceparent);
      }
    },
    handle: () => Promise.resolve(),
  };
}

/** A hold that has ended already is as good as released. */
async function release(
  services: ServiceClient,
  reservationId: string,
  reason: ReleaseReason,
  traceparent: string | undefined,
): Promise<void> {
  try {
    const path = `/internal/reservations/${reservationId}/release`;
    await services.call('seating', path, { method: 'POST', body: { reason }, traceparent });
  } catch (error) {
    const ended = error instanceof ApiError && ['RESERVATION_NOT_FOUND', 'RESERVATION_NOT_ACTIVE'].includes(error.code);
    if (!ended) throw error;
  }
}
