import { queryOptions } from '@tanstack/react-query';
import type { EventAnswer } from '../../../../../contracts/http/catalog.ts';
import { requestJson } from '../../../shared/api/client.ts';

export function getEvent(eventId: string) {
  return queryOptions({
    queryKey: ['events', eventId],
    queryFn: ({ signal }) => requestJson<EventAnswer>(`/v1/events/${encodeURIComponent(eventId)}`, { signal }),
    staleTime: 15_000,
  });
}
