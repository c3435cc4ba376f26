import { queryOptions } from '@tanstack/react-query';
import type { Order } from '../../../../../contracts/http/orders.ts';
import { requestJson, withQuery } from '../../../shared/api/client.ts';

const WAIT_MS = 10_000;

/** An order; while its payment is on its way, asked by a long poll that answers as soon as it is confirmed. */
export function getOrder(orderId: string, isWaiting: boolean) {
  const path = `/v1/orders/${encodeURIComponent(orderId)}`;
  return queryOptions({
    queryKey: ['orders', orderId],
    queryFn: ({ signal }) =>
      requestJson<Order>(withQuery(path, isWaiting ? { waitFor: 'CONFIRMED', timeoutMs: WAIT_MS } : {}), { signal }),
  });
}
