import { newId } from '../../../contracts/ids.ts';
import type { Clock } from '../../../platform/clock.ts';
import type { Subscription } from '../../../platform/event-log/port.ts';
import type { Database } from '../../../platform/postgres/database.ts';
import { bookRefunds } from '../book-refund.ts';
import { lockPayments } from '../store/payments.ts';

/** Money was captured for an order that cannot be had, or was given up: all of it that is left goes back, by itself. */
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
      const at = clock.now();
      const wishes = [...payments.values()].map((payment) => {
        const reason = reasons.get(payment.paymentId) ?? '';
        const wish = { refundId: newId('refund'), kind: 'LATE_PAYMENT' as const, ticketIds: [], valueCents: null, reason };
        return { payment, wish };
      });
      await bookRefunds(tx, wishes, { at, askAt: at });
    },
  };
}
