import { newId } from '../../../contracts/ids.ts';
import type { Clock } from '../../../platform/clock.ts';
import type { Subscription } from '../../../platform/event-log/port.ts';
import type { Database } from '../../../platform/postgres/database.ts';
import { lockPayments } from '../store/payments.ts';
import { insertRefund } from '../store/refunds.ts';

/** Money was captured for an order that cannot be had: all of it that is left goes back, by itself. */
export function onBookingFailed(database: Database, clock: Clock): Subscription<void> {
  return {
    group: 'payments.booking-failed',
    topics: ['booking.events'],
    types: ['booking.failed'],
    database,
    handle: async (tx, events) => {
      const reasons = new Map<string, string>();
      for (const event of events) {
        if (event.type === 'booking.failed' && event.data.paymentId !== null)
          reasons.set(event.data.paymentId, event.data.reason);
      }
      const payments = await lockPayments(tx, [...reasons.keys()]);
      for (const [paymentId, { orderId, status, amountCents, refundedCents, currency }] of payments) {
        const leftCents = amountCents - refundedCents;
        // A refund that was asked for before has reserved its amount: nothing is left, and nothing happens twice.
        if ((status !== 'SUCCESS' && status !== 'PARTIALLY_REFUNDED') || leftCents === 0) continue;
        await insertRefund(tx, {
          refundId: newId('refund'),
          paymentId,
          orderId,
          kind: 'LATE_PAYMENT',
          ticketIds: [],
          amountCents: leftCents,
          currency,
          reason: reasons.get(paymentId) ?? '',
          createdAt: clock.now(),
        });
      }
    },
  };
}
