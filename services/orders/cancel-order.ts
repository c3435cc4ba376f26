import { newId } from '../../contracts/ids.ts';
import type { Clock } from '../../platform/clock.ts';
import { ApiError } from '../../platform/http/api-error.ts';
import type { Database, Tx } from '../../platform/postgres/database.ts';
import { cancelByBuyer, changeOrder, type OrderChange, type OrderState } from './domain/order.ts';
import type { OrderCause } from './domain/order-status.ts';
import { announceEnd } from './fail-payments.ts';
import { revokeTickets } from './revoke-tickets.ts';
import { lockOrders, saveChanges } from './store/orders.ts';

/**
 * Cancels an order, whatever its state: what is not paid ends and its seats are released by the domain event; during a payment it is
 * noted, and money that comes goes back; of what is paid the tickets become void, and their money and seats go back. Cancelling it
 * again changes nothing.
 *
 * @throws ApiError ORDER_NOT_FOUND, ORDER_NOT_CANCELLABLE
 */
export function cancelOrder(
  deps: { database: Database; clock: Clock },
  request: { orderId: string; mayCancel: (order: OrderState) => boolean; traceparent: string },
): Promise<OrderState> {
  const { orderId, mayCancel, traceparent } = request;
  return deps.database.transaction(async (tx) => {
    const order = (await lockOrders(tx, [orderId])).get(orderId);
    if (order === undefined || !mayCancel(order)) throw new ApiError('ORDER_NOT_FOUND', 'You have no such order.');
    if (order.status === 'CANCELLED' || order.cancelReason !== null) return order;
    const change = cancelByBuyer(order, deps.clock.now());
    if (change === null) throw refused(order, `The order is ${order.status} and cannot be cancelled now.`);
    const changes = isPaid(order)
      ? await giveUpPaid(tx, change, { cause: 'CANCELLED_BY_BUYER', usedToo: false, traceparent })
      : [change];
    if (changes === null) throw refused(order, 'A ticket of the order was used, or all of them are refunded already.');
    const last = changes.at(-1) ?? change;
    void announceEnd(tx, last, traceparent);
    await saveChanges(tx, changes);
    return last.order;
  });
}

export function isPaid({ status }: OrderState): boolean {
  return status === 'CONFIRMED' || status === 'PARTIALLY_REFUNDED';
}

/**
 * Voids what is left of the tickets of a paid order that is being given up. One that cost nothing ends at once; else it stays as it is
 * until the money went back. Null when a ticket was used or none is left.
 */
export async function giveUpPaid(
  tx: Tx,
  change: OrderChange,
  how: { cause: OrderCause; usedToo: boolean; traceparent: string | undefined },
): Promise<OrderChange[] | null> {
  const { order } = change;
  const { cause, usedToo, traceparent } = how;
  const request = { refundId: newId('refund'), ticketIds: null, reason: cause, usedToo, at: order.updatedAt, traceparent };
  const revoked = await revokeTickets(tx, order, request);
  if (!revoked.ok || revoked.revocation.ticketIds.length === 0) return null;
  const end = order.paymentId === null ? changeOrder(order, 'NOTHING_TO_REFUND', order.updatedAt) : null;
  return end === null ? [change] : [change, end];
}

function refused({ status }: OrderState, detail: string): ApiError {
  return new ApiError('ORDER_NOT_CANCELLABLE', detail, { orderStatus: status });
}
