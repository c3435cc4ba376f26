import type { EventAnswer } from '../../../../contracts/http/catalog.ts';
import { formatDay, formatTime } from '../../shared/format/dates.ts';
import { PosterArt } from '../../shared/poster/poster-art.tsx';

/** The top of every stub: the event's art, cropped, and what the paper is for. */
export function StubHead({ event }: { event: EventAnswer }) {
  return (
    <div className="overflow-hidden rounded-t-[4px]">
      <PosterArt eventId={event.eventId} eventType={event.eventType} crop className="h-16 w-full" />
      <div className="px-5 pt-4 pb-5">
        <p className="text-lg leading-tight font-bold tracking-tight [overflow-wrap:anywhere]">{event.name}</p>
        <p className="tabular mt-1 text-sm text-faded">
          {formatDay(event.startDate, event.timezone)}, {formatTime(event.startDate, event.timezone)}
        </p>
      </div>
    </div>
  );
}
