import { useQuery } from '@tanstack/react-query';
import type { EventAnswer } from '../../../../contracts/http/catalog.ts';
import { listEvents } from '../../features/events/api/list-events.ts';
import { EventCard } from '../../features/events/event-card.tsx';
import { canBuy, saleState } from '../../features/events/sale-state.ts';
import { useServerNow } from '../../shared/hooks/use-now.ts';
import { useTitle } from '../../shared/hooks/use-title.ts';
import { ErrorNotice, Notice } from '../../shared/ui/notice.tsx';
import { Loading, Skeleton } from '../../shared/ui/skeleton.tsx';

const gridClass = 'grid grid-cols-2 gap-x-4 gap-y-10 sm:gap-x-6 md:grid-cols-3 xl:grid-cols-4';

function LoadingGrid() {
  return (
    <div className={gridClass}>
      <Loading what="events" />
      {Array.from({ length: 8 }, (_, index) => (
        <div key={index}>
          <Skeleton className="aspect-4/5" />
          <Skeleton className="mt-3 h-4 w-2/3" />
          <Skeleton className="mt-2 h-4 w-1/2" />
        </div>
      ))}
    </div>
  );
}

function Group({ title, events, nowMs }: { title: string; events: EventAnswer[]; nowMs: number }) {
  if (events.length === 0) return null;
  return (
    <section aria-label={title} className="mt-8 first:mt-0">
      <h2 className="mb-4 border-t border-ink pt-3 text-base font-semibold">{title}</h2>
      <ul className={gridClass}>
        {events.map((event) => (
          <li key={event.eventId}>
            <EventCard event={event} nowMs={nowMs} />
          </li>
        ))}
      </ul>
    </section>
  );
}

function Programme({ events }: { events: EventAnswer[] }) {
  const nowMs = useServerNow(30_000);
  if (events.length === 0) {
    return <Notice title="Nothing is on sale yet">As soon as an organizer announces an event, it stands here.</Notice>;
  }
  const byDate = [...events].sort((a, b) => Date.parse(a.startDate) - Date.parse(b.startDate));
  const stateOf = (event: EventAnswer) => saleState(event, nowMs);
  return (
    <>
      <Group title="On sale now" nowMs={nowMs} events={byDate.filter((event) => canBuy(stateOf(event)))} />
      <Group title="Coming up" nowMs={nowMs} events={byDate.filter((event) => stateOf(event) === 'not-yet')} />
      <Group
        title="Over"
        nowMs={nowMs}
        events={byDate.filter((event) => ['past', 'cancelled', 'closed'].includes(stateOf(event))).reverse()}
      />
    </>
  );
}

export function HomePage() {
  useTitle(undefined);
  const events = useQuery(listEvents());
  return (
    <div className="mx-auto w-full max-w-[100rem] px-4 pt-10 pb-20 sm:px-6">
      <h1 className="mb-8 text-2xl tracking-[-0.04em]">What is on</h1>
      {events.isPending && <LoadingGrid />}
      {events.isError && <ErrorNotice error={events.error} onRetry={() => events.refetch()} />}
      {events.isSuccess && <Programme events={events.data.items} />}
    </div>
  );
}
