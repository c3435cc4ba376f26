import { useState } from 'react';
import type { SeatFeed } from '../../live/seat-feed.ts';
import { LETTER } from '../../live/seat-statuses.ts';
import { formatMoneyShort } from '../../shared/format/money.ts';
import { count } from '../../shared/format/words.ts';
import { seatFacts, type SeatedSection, type SeatLayout, type SeatRow } from './model/layout.ts';
import { spokenName } from './model/spoken-name.ts';
import { useFeedTick } from './use-seat-feed.ts';

type Props = { layout: SeatLayout; feed: SeatFeed; currency: string; mine: ReadonlySet<number>; onPick: (seat: number) => void };

function SeatButton({ layout, feed, currency, mine, onPick, seat }: Props & { seat: number }) {
  const isMine = mine.has(seat);
  const letter = feed.table()?.letters[seat];
  if (letter === LETTER.blocked) return null;
  const isFree = letter === LETTER.available;
  const facts = seatFacts(layout, seat);
  const look = isMine
    ? 'border-accent bg-accent text-on-accent font-semibold'
    : isFree
      ? 'border-faded bg-raised hover:border-ink'
      : 'border-rule text-faded line-through';
  return (
    <button
      type="button"
      disabled={!isFree && !isMine}
      aria-pressed={isMine}
      aria-label={spokenName(facts, currency, isMine ? 'chosen by you' : isFree ? 'available' : 'taken')}
      onClick={() => onPick(seat)}
      className={`tabular min-h-9 min-w-9 rounded-[3px] border px-1 text-sm ${look}`}
    >
      {isMine ? `✓${facts.number}` : facts.number}
    </button>
  );
}

function Row({ row, ...props }: Props & { row: SeatRow }) {
  return (
    <li className="grid grid-cols-[3.5rem_1fr] gap-2 border-t border-rule py-2">
      <span className="tabular pt-2 text-sm">Row {row.name}</span>
      <div className="flex flex-wrap gap-1.5">
        {row.seats.map((seat) => (
          <SeatButton key={seat} {...props} seat={seat} />
        ))}
      </div>
    </li>
  );
}

function Section({ section, ...props }: Props & { section: SeatedSection }) {
  const [isOpen, setOpen] = useState(false);
  const rows = section.rows.flatMap((index) => props.layout.rows[index] ?? []);
  const letters = props.feed.table()?.letters;
  const free = rows.reduce((sum, row) => sum + row.seats.filter((seat) => letters?.[seat] === LETTER.available).length, 0);
  const prices =
    section.fromCents === section.toCents
      ? formatMoneyShort(section.fromCents, props.currency)
      : `${formatMoneyShort(section.fromCents, props.currency)} to ${formatMoneyShort(section.toCents, props.currency)}`;
  return (
    <details className="border-b border-rule" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary className="flex min-h-12 items-center px-1 text-base">
        <span aria-hidden="true" className="mr-2 text-faded">
          {isOpen ? '−' : '+'}
        </span>
        <span className="font-medium">{section.name}</span>
        <span aria-hidden="true" className="leader mb-1.5" />
        <span className="tabular text-sm">{free === 0 ? 'sold out' : `${count(free, 'seat', 'seats')} · ${prices}`}</span>
      </summary>
      {isOpen && (
        <ul className="pb-3">
          {rows.map((row) => (
            <Row key={row.name} {...props} row={row} />
          ))}
        </ul>
      )}
    </details>
  );
}

/** All that the map does, as a list: section, row, seats. */
export function ListView(props: Props) {
  useFeedTick(props.feed);
  return (
    <div className="h-full overflow-y-auto px-4 py-2" role="group" aria-label="Seats by section and row">
      {props.layout.sections.map((section) => (
        <Section key={section.name} {...props} section={section} />
      ))}
    </div>
  );
}
