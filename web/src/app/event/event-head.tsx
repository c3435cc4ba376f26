import type { EventAnswer } from '../../../../contracts/http/catalog.ts';
import { formatDay, formatTime } from '../../shared/format/dates.ts';
import { PosterArt } from '../../shared/poster/poster-art.tsx';

/** What, when and where, above the map. */
export function EventHead({ event }: { event: EventAnswer }) {
  return (
    <div className="flex items-center gap-4 border-b border-rule px-4 py-3 sm:px-6 lg:py-4">
      <PosterArt eventId={event.eventId} eventType={event.eventType} crop className="size-14 shrink-0 rounded-[3px] lg:size-18" />
      <div className="min-w-0">
        <h1 className="text-lg leading-tight [overflow-wrap:anywhere] sm:text-xl">{event.name}</h1>
        <p className="mt-1 flex flex-wrap gap-x-3 text-sm text-faded">
          <span className="tabular text-ink">
            {formatDay(event.startDate, event.timezone)}, {formatTime(event.startDate, event.timezone)}
          </span>
          <span className="[overflow-wrap:anywhere]">
            {event.venueName}, {event.city}
          </span>
        </p>
      </div>
      {event.description !== '' && (
        <p className="ml-auto line-clamp-3 max-w-[45ch] text-sm text-pretty text-faded max-xl:hidden">{event.description}</p>
      )}
    </div>
  );
}
