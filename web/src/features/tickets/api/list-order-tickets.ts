import { queryOptions } from '@tanstack/react-query';
import type { OrderTickets } from '../../../../../contracts/http/orders.ts';
import { requestJson } from '../../../shared/api/client.ts';

export function listOrderTickets(orderId: string) {
  return queryOptions({
    queryKey: ['orders', orderId, 'tickets'],
    queryFn: ({ signal }) => requestJson<OrderTickets>(`/v1/orders/${encodeURIComponent(orderId)}/tickets`, { signal }),
  });
}
