import type { OrderCause } from '../domain/order-status.ts';
import type { Subscription } from '../../../platform/event-log/port.ts';
import { ApiError } from '../../../platform/http/api-error.ts';
import type { ServiceClient } from '../../../platform/http/service-client.ts';
import type { Database } from '../../../platform/postgres/database.ts';

const BY_BUYER: OrderCause = 'CANCELLED_BY_BUYER';

/**
 * The buyer gave an order up: its seats become free. By an event of our own, so that it also happens when seating was away at the
 * moment of the cancellation.
 */
export function onOrderCancelled(database: Database, services: ServiceClient): Subscription<void> {
  return {
    group: 'orders.release-cancelled',
    topics: ['booking.events'],
    types: ['booking.cancelled'],
    database,
    prepare: async (events) => {
      for (const event of events) {
        if (event.type !== 'booking.cancelled' || event.data.reason !== BY_BUYER) continue;
        await release(services, event.data.reservationId, event.traceparent);
      }
    },
    handle: () => Promise.resolve(),
  };
}

/** A hold that has ended already is as good as released. */
async function release(services: ServiceClient, reservationId: string, traceparent: string | undefined): Promise<void> {
  try {
    const path = `/internal/reservations/${reservationId}/release`;
    await services.call('seating', path, { method: 'POST', body: { reason: 'CANCELLED' }, traceparent });
  } catch (error) {
    const ended = error instanceof ApiError && ['RESERVATION_NOT_FOUND', 'RESERVATION_NOT_ACTIVE'].includes(error.code);
    if (!ended) throw error;
  }
}
