import type { Order } from '../../../../../contracts/http/orders.ts';
import { requestJson } from '../../../shared/api/client.ts';
import { ApiProblem } from '../../../shared/api/problem.ts';
import { untilKnown } from '../../../shared/api/until-known.ts';

/**
 * Makes the order of a reservation and returns its id. The key follows from the reservation, so a second tab or a lost answer
 * finds the same order; one that exists already is as good as a new one.
 */
export async function createOrder(reservationId: string): Promise<string> {
  try {
    const order = await untilKnown(() =>
      requestJson<Order>('/v1/orders', { method: 'POST', body: { reservationId }, idempotencyKey: `order-of-${reservationId}` }),
    );
    return order.orderId;
  } catch (error) {
    const existing = error instanceof ApiProblem && error.code === 'ORDER_EXISTS' ? error.problem['orderId'] : undefined;
    if (typeof existing === 'string') return existing;
    throw error;
  }
}
