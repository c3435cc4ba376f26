import { useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import type { EventAnswer } from '../../../../contracts/http/catalog.ts';
import { PosterCard } from '../../features/events/poster-card.tsx';
import type { SaleState } from '../../features/events/sale-state.ts';
import { formatCountdown, secondsLeft } from '../../shared/format/countdown.ts';
import { formatDay, formatTime } from '../../shared/format/dates.ts';
import { useServerNow } from '../../shared/hooks/use-now.ts';

function Opening({ event }: { event: EventAnswer }) {
  const seconds = secondsLeft(Date.parse(event.onSaleAt), useServerNow(1000));
  const client = useQueryClient();
  useEffect(() => {
    if (seconds === 0) client.invalidateQueries({ queryKey: ['events', event.eventId] }).catch(() => undefined);
  }, [seconds, client, event.eventId]);
  return (
    <>
      <h2 className="text-xl">The sale opens in</h2>
      <p role="timer" className="tabular text-2xl font-semibold">
        {formatCountdown(seconds)}
      </p>
      <p className="text-faded">
        {formatDay(event.onSaleAt)}, {formatTime(event.onSaleAt)} by your clock. Stay on this page: the seats appear by
        themselves.
      </p>
    </>
  );
}

const ENDED: Record<'cancelled' | 'past' | 'closed', { title: string; text: string }> = {
  cancelled: { title: 'This event was cancelled.', text: 'Who had tickets gets the money back without doing anything.' },
  past: { title: 'This event is over.', text: 'Tickets that were used stay among your tickets.' },
  closed: { title: 'The sale is closed.', text: 'Tickets that were bought stay valid.' },
};

/** An event that cannot be bought now, and why. */
export function ClosedSale({ event, state }: { event: EventAnswer; state: SaleState }) {
  const words = state === 'cancelled' || state === 'past' || state === 'closed' ? ENDED[state] : null;
  return (
    <div className="mx-auto grid w-full max-w-4xl gap-8 px-4 py-10 sm:px-6 md:grid-cols-[18rem_1fr] md:items-center">
      <div className="w-full max-w-72">
        <PosterCard event={event} muted={false} />
      </div>
      <div className="grid gap-3">
        {words === null ? (
          <Opening event={event} />
        ) : (
          <>
            <h2 className="text-xl">{words.title}</h2>
            <p className="text-faded">{words.text}</p>
          </>
        )}
        {event.description !== '' && <p className="mt-4 max-w-[65ch] text-pretty">{event.description}</p>}
      </div>
    </div>
  );
}
