import type { Clock } from '../../../platform/clock.ts';
import type { Subscription } from '../../../platform/event-log/port.ts';
import type { Database } from '../../../platform/postgres/database.ts';
import { bookRefunds } from '../book-refund.ts';
import { lockPayments } from '../store/payments.ts';

/**
 * Tickets became void: what they were worth goes back. Also for those whose request of `/v1/refund` was cut off after they were
 * revoked; the refund's id is the same, so it is one refund.
 */
export function onTicketRevoked(database: Database, clock: Clock): Subscription<void> {
  return {
    group: 'payments.ticket-revoked',
    topics: ['booking.events'],
    types: ['ticket.revoked'],
    database,
    handle: async (tx, events) => {
      const revocations = events.flatMap((event) => (event.type === 'ticket.revoked' ? [event.data] : []));
      const paymentIds = new Set(revocations.flatMap(({ paymentId }) => paymentId ?? []));
      const payments = await lockPayments(tx, [...paymentIds]);
      const at = clock.now();
      const wishes = revocations.flatMap(({ paymentId, refundId, tickets, valueCents, reason }) => {
        if (paymentId === null) return [];
        const payment = payments.get(paymentId);
        if (payment === undefined) throw new Error(`${refundId} is of ${paymentId}, which is not a payment`);
        const ticketIds = tickets.map(({ ticketId }) => ticketId);
        return [{ payment, wish: { refundId, kind: 'TICKETS' as const, ticketIds, valueCents, reason } }];
      });
      await bookRefunds(tx, wishes, { at, askAt: at });
    },
  };
}
