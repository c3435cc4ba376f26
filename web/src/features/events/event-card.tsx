import { Link } from '@tanstack/react-router';
import type { EventAnswer } from '../../../../contracts/http/catalog.ts';
import { formatDay, formatTime } from '../../shared/format/dates.ts';
import { formatMoneyShort } from '../../shared/format/money.ts';
import { count } from '../../shared/format/words.ts';
import { PosterCard } from './poster-card.tsx';
import { type SaleState, saleState } from './sale-state.ts';

/** The one line that says whether there is a point in opening the page. */
function standing(event: EventAnswer, state: SaleState): string {
  if (state === 'cancelled') return 'Cancelled';
  if (state === 'past') return 'Over';
  if (state === 'closed') return 'Sale closed';
  if (state === 'not-yet') return `On sale ${formatDay(event.onSaleAt)}, ${formatTime(event.onSaleAt)}`;
  if (state === 'sold-out') return 'Sold out';
  if (state === 'low') return `Only ${count(event.availableSeats, 'ticket', 'tickets')} left`;
  return `${new Intl.NumberFormat('en').format(event.availableSeats)} left`;
}

export function EventCard({ event, nowMs }: { event: EventAnswer; nowMs: number }) {
  const state = saleState(event, nowMs);
  const isDead = state === 'cancelled' || state === 'past';
  const sells = state === 'open' || state === 'low';
  return (
    <Link to="/events/$eventId" params={{ eventId: event.eventId }} className="group block rounded-[3px] outline-offset-4">
      <div className="transition-transform duration-200 ease-paper group-hover:-translate-y-1">
        <PosterCard event={event} muted={isDead} />
      </div>
      <div className="mt-3 grid gap-0.5 text-sm">
        <p className="tabular">
          {formatDay(event.startDate, event.timezone)}, {formatTime(event.startDate, event.timezone)}
        </p>
        <p className="text-faded [overflow-wrap:anywhere]">
          {event.venueName}, {event.city}
        </p>
        <p className="mt-1 flex items-baseline">
          <span className={state === 'low' ? 'font-semibold' : isDead || state === 'sold-out' ? 'text-faded' : ''}>
            {standing(event, state)}
          </span>
          {sells && (
            <>
              <span aria-hidden="true" className="leader" />
              <span className="tabular">from {formatMoneyShort(event.basePriceCents, event.currency)}</span>
            </>
          )}
        </p>
      </div>
    </Link>
  );
}
