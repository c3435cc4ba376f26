import type { SeatFeed } from '../../live/seat-feed.ts';
import { useStore } from '../../shared/external-store.ts';
import { formatMoney } from '../../shared/format/money.ts';
import { count } from '../../shared/format/words.ts';
import type { PlacesSection } from './model/layout.ts';

const stepClass =
  'grid size-11 place-items-center rounded-[3px] border border-faded bg-raised text-lg enabled:hover:border-ink disabled:opacity-40 disabled:cursor-not-allowed';

type Props = {
  sections: PlacesSection[];
  feed: SeatFeed;
  currency: string;
  quantities: Record<string, number>;
  onChange: (section: string, quantity: number) => void;
};

/** Standing places: how many of each section. */
export function PlacesPicker({ sections, feed, currency, quantities, onChange }: Props) {
  const counts = useStore(feed.counts);
  return (
    <ul className="grid">
      {sections.map(({ name, priceCents }) => {
        const quantity = quantities[name] ?? 0;
        const left = counts.get(name);
        return (
          <li key={name} className="flex items-center gap-4 border-b border-rule py-4 last:border-b-0">
            <div className="min-w-0 flex-1">
              <p className="text-lg font-semibold tracking-tight [overflow-wrap:anywhere]">{name}</p>
              <p className="text-sm text-faded">
                <span className="tabular text-ink">{formatMoney(priceCents, currency)}</span>
                {left !== undefined && ` · ${left === 0 ? 'sold out' : `${count(left, 'place', 'places')} left`}`}
              </p>
            </div>
            <div className="flex items-center gap-1" role="group" aria-label={`Places in ${name}`}>
              <button
                type="button"
                className={stepClass}
                disabled={quantity === 0}
                aria-label={`One less in ${name}`}
                onClick={() => onChange(name, quantity - 1)}
              >
                −
              </button>
              <output className={`tabular w-9 text-center text-lg ${quantity > 0 ? 'font-bold text-accent-ink' : ''}`}>
                {quantity}
              </output>
              <button
                type="button"
                className={stepClass}
                disabled={left !== undefined && quantity >= left}
                aria-label={`One more in ${name}`}
                onClick={() => onChange(name, quantity + 1)}
              >
                +
              </button>
            </div>
          </li>
        );
      })}
    </ul>
  );
}
