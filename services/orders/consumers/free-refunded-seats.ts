import type { DomainEvent } from '../../../contracts/events/domain-event.ts';
import type { DeallocateBody } from '../../../contracts/http/seating.ts';
import type { Subscription } from '../../../platform/event-log/port.ts';
import { ApiError } from '../../../platform/http/api-error.ts';
import type { ServiceClient } from '../../../platform/http/service-client.ts';
import type { Database } from '../../../platform/postgres/database.ts';
import { canBeConfirmed } from '../domain/order-status.ts';
import { readOrder } from '../store/orders.ts';
import { revocationsById } from '../store/revocations.ts';
import { ticketsOfOrder } from '../store/tickets.ts';

type Item = { seatId: number | null; section: string };

/**
 * Money went back, or there was none to give back: the seats of those tickets become free. A group of its own, so that a seating that
 * is away keeps nobody from seeing the refund.
 */
export function freeRefundedSeats(database: Database, services: ServiceClient): Subscription<void> {
  return {
    group: 'orders.free-refunded-seats',
    topics: ['payment.events', 'booking.events'],
    types: ['payment.refunded', 'ticket.revoked'],
    database,
    prepare: async (events) => {
      for (const event of events) {
        if (event.type === 'payment.refunded') await freeRefunded(database, services, event);
        if (event.type === 'ticket.revoked' && event.data.paymentId === null) await freeRevoked(services, event);
      }
    },
    handle: () => Promise.resolve(),
  };
}

async function freeRevoked(services: ServiceClient, event: DomainEvent<'ticket.revoked'>): Promise<void> {
  const { reservationId, orderId, refundId, tickets } = event.data;
  const items = tickets.map(({ seatId = null, section }) => ({ seatId, section }));
  await deallocate(services, reservationId, bodyOf(orderId, refundId, items), event.traceparent);
}

async function freeRefunded(database: Database, services: ServiceClient, event: DomainEvent<'payment.refunded'>): Promise<void> {
  const { orderId, reservationId, refundId } = event.data;
  const items = await refundedItems(database, event);
  if (items.length > 0) await deallocate(services, reservationId, bodyOf(orderId, refundId, items), event.traceparent);
}

/** Of an order that ended without tickets, all of it: seating may have allocated the seats before the order was given up. */
async function refundedItems(database: Database, { data }: DomainEvent<'payment.refunded'>): Promise<Item[]> {
  const { orderId, paymentId, refundId, kind } = data;
  if (kind === 'GOODWILL') return [];
  if (kind === 'TICKETS') {
    const revoked = new Set((await revocationsById(database, [refundId])).get(refundId)?.ticketIds);
    return (await ticketsOfOrder(database, orderId)).filter(({ ticketId }) => revoked.has(ticketId));
  }
  const order = await readOrder(database, orderId);
  const gone = order !== undefined && order.paymentId === paymentId && order.confirmationNumber === null;
  if (!gone || (canBeConfirmed(order.status) && order.status !== 'EXPIRED')) return [];
  return order.items.map(({ seatId = null, section }) => ({ seatId, section }));
}

function bodyOf(orderId: string, refundId: string, items: readonly Item[]): DeallocateBody {
  const seatIds = items.flatMap(({ seatId }) => seatId ?? []);
  const quantities = Map.groupBy(
    items.filter(({ seatId }) => seatId === null),
    ({ section }) => section,
  );
  const places = [...quantities].map(([section, { length: quantity }]) => ({ section, quantity }));
  return { orderId, refundId, seatIds, places };
}

async function deallocate(
  services: ServiceClient,
  reservationId: string,
  body: DeallocateBody,
  traceparent: string | undefined,
): Promise<void> {
  try {
    await services.call('seating', `/internal/reservations/${reservationId}/deallocate`, { method: 'POST', body, traceparent });
  } catch (error) {
    // A reservation that seating does not know holds nothing.
    if (!(error instanceof ApiError) || error.status !== 404) throw error;
  }
}
