import type { Clock } from '../../platform/clock.ts';
import { ApiError } from '../../platform/http/api-error.ts';
import type { Database } from '../../platform/postgres/database.ts';
import { cancelByBuyer, type OrderState } from './domain/order.ts';
import { announceEnd } from './fail-payments.ts';
import { lockOrders, saveChanges } from './store/orders.ts';

/**
 * Cancels an order that is not paid; cancelling it again changes nothing. Its seats are released by the domain event.
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
    if (order.status === 'CANCELLED') return order;
    const change = cancelByBuyer(order, deps.clock.now());
    if (change === null) {
      throw new ApiError('ORDER_NOT_CANCELLABLE', `The order is ${order.status} and cannot be cancelled now.`, {
        orderStatus: order.status,
      });
    }
    void announceEnd(tx, change, traceparent);
    await saveChanges(tx, [change]);
    return change.order;
  });
}
