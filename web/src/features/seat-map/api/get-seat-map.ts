import { queryOptions } from '@tanstack/react-query';
import type { SeatMap } from '../../../../../contracts/http/seating.ts';
import { requestJson, withQuery } from '../../../shared/api/client.ts';

/** The layout does not change with sales; the feed says when it is to be read again. */
export function getSeatMap(eventId: string) {
  return queryOptions({
    queryKey: ['seat-map', eventId],
    queryFn: ({ signal }) => requestJson<SeatMap>(withQuery('/v1/seats/map', { eventId }), { signal }),
    staleTime: Infinity,
  });
}
