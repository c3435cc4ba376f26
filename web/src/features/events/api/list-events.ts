import { queryOptions } from '@tanstack/react-query';
import type { EventList } from '../../../../../contracts/http/catalog.ts';
import { requestJson, withQuery } from '../../../shared/api/client.ts';

export function listEvents() {
  return queryOptions({
    queryKey: ['events'],
    queryFn: ({ signal }) => requestJson<EventList>(withQuery('/v1/events', { limit: 100 }), { signal }),
    staleTime: 15_000,
  });
}
