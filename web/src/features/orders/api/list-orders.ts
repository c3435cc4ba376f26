import { queryOptions } from '@tanstack/react-query';
import type { Order } from '../../../../../contracts/http/orders.ts';
import { requestJson, withQuery } from '../../../shared/api/client.ts';

export function listOrders() {
  return queryOptions({
    queryKey: ['orders'],
    queryFn: ({ signal }) =>
      requestJson<{ items: Order[]; nextCursor: string | null }>(withQuery('/v1/orders', { limit: 100 }), { signal }),
  });
}
