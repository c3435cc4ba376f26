import { queryOptions } from '@tanstack/react-query';
import { requestJson, withQuery } from '../../../shared/api/client.ts';
import type { Ticket } from '../ticket.ts';

export function listTickets() {
  return queryOptions({
    queryKey: ['tickets'],
    queryFn: ({ signal }) =>
      requestJson<{ items: Ticket[]; nextCursor: string | null }>(withQuery('/v1/tickets', { limit: 100 }), { signal }),
  });
}
