import type { Clock } from '../../../platform/clock.ts';
import type { Subscription } from '../../../platform/event-log/port.ts';
import type { Database } from '../../../platform/postgres/database.ts';
import { bookRefund } from '../book-refund.ts';
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
      await lockPayments(tx, [...paymentIds]);
      const at = clock.now();
      for (const { paymentId, refundId, tickets, valueCents, reason } of revocations) {
        if (paymentId === null) continue;
        // Anew each time: a refund before in this batch has reserved its part.
        const payment = (await lockPayments(tx, [paymentId])).get(paymentId);
        if (payment === undefined) throw new Error(`${refundId} is of ${paymentId}, which is not a payment`);
        const ticketIds = tickets.map(({ ticketId }) => ticketId);
        await bookRefund(tx, payment, { refundId, kind: 'TICKETS', ticketIds, valueCents, reason }, { at, askAt: at });
      }
    },
  };
}
