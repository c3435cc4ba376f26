import type { Clock } from '../../../platform/clock.ts';
import type { Subscription } from '../../../platform/event-log/port.ts';
import type { Database, Tx } from '../../../platform/postgres/database.ts';
import { changeOrder, type OrderChange } from '../domain/order.ts';
import { cancelledEventsOf } from '../store/cancelled-events.ts';
import { lockOrders, saveChanges } from '../store/orders.ts';
import { finishRevocation } from '../store/revocations.ts';
import { restore } from '../store/tickets.ts';

/**
 * The provider refused to give money back, for good: the tickets are good again, so that nobody is left with neither. Of an event
 * that is cancelled they stay void, and are owed: whoever runs the system refunds them once the buyer can be paid.
 */
export function onRefundFailed(database: Database, clock: Clock): Subscription<void> {
  return {
    group: 'orders.refund-failed',
    topics: ['payment.events'],
    types: ['payment.refund-failed'],
    database,
    handle: async (tx, events) => {
      const changes: OrderChange[] = [];
      const orderIds = [...new Set(events.map(({ subject }) => subject))];
      const [orders, cancelled] = await Promise.all([lockOrders(tx, orderIds), cancelledEventsOf(tx, orderIds)]);
      for (const event of events) {
        const order = orders.get(event.subject);
        if (event.type !== 'payment.refund-failed' || order === undefined) continue;
        const calledOff = cancelled.has(order.eventId);
        if (!(await undo(tx, event.data.refundId, calledOff))) continue;
        const fields = calledOff ? {} : { cancelReason: null };
        const change = changeOrder(order, 'REFUND_FAILED', clock.now(), fields);
        if (change === null) continue;
        changes.push(change);
        orders.set(event.subject, change.order);
      }
      await saveChanges(tx, changes);
    },
  };
}

async function undo(tx: Tx, refundId: string, calledOff: boolean): Promise<boolean> {
  if ((await finishRevocation(tx, refundId, 'FAILED')) === null) return false;
  await restore(tx, refundId, calledOff ? 'REVOKED' : 'VALID');
  return true;
}
