import type { FastifyRequest } from 'fastify';
import { isId } from '../../../contracts/ids.ts';
import { ApiError } from '../../../platform/http/api-error.ts';
import { requireUser } from '../../../platform/http/request.ts';
import type { OrderState } from '../domain/order.ts';
import type { FindOrder } from '../store/orders.ts';

/** The order, if it is the caller's own or the caller is an admin; another person's order does not exist for them. */
export async function visibleOrder(find: FindOrder, request: FastifyRequest, id: string): Promise<OrderState> {
  const user = requireUser(request);
  const order = await find(orderIdOf(id));
  if (order === undefined || (order.userId !== user.userId && !user.roles.includes('admin'))) throw noSuchOrder();
  return order;
}

export function orderIdOf(id: string): string {
  if (!isId('order', id)) throw noSuchOrder();
  return id;
}

function noSuchOrder(): ApiError {
  return new ApiError('ORDER_NOT_FOUND', 'You have no such order.');
}
