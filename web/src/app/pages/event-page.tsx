import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { useEffect } from 'react';
import type { EventAnswer } from '../../../../contracts/http/catalog.ts';
import { getEvent } from '../../features/events/api/get-event.ts';
import { canBuy, saleState } from '../../features/events/sale-state.ts';
import { getSeatMap } from '../../features/seat-map/api/get-seat-map.ts';
import { useSeatFeed } from '../../features/seat-map/use-seat-feed.ts';
import { problemCode } from '../../shared/api/problem.ts';
import { useServerNow } from '../../shared/hooks/use-now.ts';
import { useTitle } from '../../shared/hooks/use-title.ts';
import { ErrorNotice } from '../../shared/ui/notice.tsx';
import { Loading, Skeleton } from '../../shared/ui/skeleton.tsx';
import { ClosedSale } from '../event/closed-sale.tsx';
import { EventHead } from '../event/event-head.tsx';
import { SeatPicking } from '../event/seat-picking.tsx';
import { NotFoundPage } from '../not-found-page.tsx';

function Sale({ event }: { event: EventAnswer }) {
  const map = useQuery(getSeatMap(event.eventId));
  const feed = useSeatFeed(event.eventId);
  const client = useQueryClient();
  useEffect(
    () => feed.onLayoutChange(() => void client.invalidateQueries({ queryKey: ['seat-map', event.eventId] })),
    [feed, client, event.eventId],
  );
  if (map.isPending) {
    return (
      <div className="grid flex-1 gap-6 p-6 lg:grid-cols-[1fr_22rem]">
        <Loading what="seats" />
        <Skeleton className="min-h-96" />
        <Skeleton className="h-72 max-lg:hidden" />
      </div>
    );
  }
  if (map.isError) {
    return (
      <div className="mx-auto w-full max-w-xl p-6">
        <ErrorNotice error={map.error} onRetry={() => map.refetch()} />
      </div>
    );
  }
  return <SeatPicking event={event} map={map.data} feed={feed} />;
}

function EventWithState({ event }: { event: EventAnswer }) {
  const nowMs = useServerNow(10_000);
  const state = saleState(event, nowMs);
  return (
    <div className={canBuy(state) ? 'flex min-h-0 flex-1 flex-col lg:h-[calc(100dvh-3.5rem)] lg:flex-none' : ''}>
      <EventHead event={event} />
      {canBuy(state) ? <Sale event={event} /> : <ClosedSale event={event} state={state} />}
    </div>
  );
}

export function EventPage() {
  const { eventId } = useParams({ from: '/events/$eventId' });
  const event = useQuery(getEvent(eventId));
  useTitle(event.data?.name);
  if (event.isPending) {
    return (
      <div className="flex-1">
        <Loading what="the event" />
        <div className="flex h-20 items-center border-b border-rule px-4 sm:px-6 lg:h-26">
          <Skeleton className="h-12 w-72 max-w-full" />
        </div>
      </div>
    );
  }
  if (problemCode(event.error) === 'EVENT_NOT_FOUND') return <NotFoundPage />;
  if (event.isError) {
    return (
      <div className="mx-auto w-full max-w-xl p-6">
        <ErrorNotice error={event.error} onRetry={() => event.refetch()} />
      </div>
    );
  }
  return <EventWithState key={event.data.eventId} event={event.data} />;
}
