import { queryOptions } from '@tanstack/react-query';
import type { Availability } from '../../../../../contracts/http/seating.ts';
import { requestJson, withQuery } from '../../../shared/api/client.ts';

export function getAvailability(eventId: string) {
  return queryOptions({
    queryKey: ['availability', eventId],
    queryFn: ({ signal }) => requestJson<Availability>(withQuery('/v1/seats/availability', { eventId }), { signal }),
  });
}
