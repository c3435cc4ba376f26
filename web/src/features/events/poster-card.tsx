import type { EventAnswer } from '../../../../contracts/http/catalog.ts';
import { posterDate } from '../../shared/format/dates.ts';
import { drawPoster } from '../../shared/poster/poster.ts';
import { PosterArt } from '../../shared/poster/poster-art.tsx';

/** An event's poster with its name and date set on it, as it would hang on a wall. */
export function PosterCard({ event, muted }: { event: EventAnswer; muted: boolean }) {
  const { inks } = drawPoster(event.eventId, event.eventType);
  const date = posterDate(event.startDate, event.timezone);
  return (
    <div
      className={`@container relative aspect-4/5 overflow-hidden rounded-[3px] ${muted ? 'opacity-60 grayscale-60' : ''}`}
      style={{ color: inks.title }}
    >
      <PosterArt eventId={event.eventId} eventType={event.eventType} className="absolute inset-0 size-full" />
      <div className="absolute inset-x-0 bottom-0 flex h-[32%] items-end justify-between gap-3 p-[6cqw]">
        <h2 className="line-clamp-3 min-w-0 text-[length:clamp(1.25rem,9.5cqw,2.2rem)] leading-[0.98] font-bold tracking-[-0.03em] hyphens-auto [overflow-wrap:anywhere]">
          {event.name}
        </h2>
        <p className="tabular shrink-0 text-end text-xs leading-tight" aria-hidden="true">
          <span className="block">{date.weekday}</span>
          <span className="block text-[length:clamp(1.25rem,8cqw,1.75rem)] leading-none font-semibold">{date.day}</span>
          <span className="block">{date.month}</span>
        </p>
      </div>
    </div>
  );
}
