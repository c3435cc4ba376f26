import { useState } from 'react';
import { Legend } from '../../features/seat-map/legend.tsx';
import { ListView } from '../../features/seat-map/list-view.tsx';
import type { PriceBand } from '../../features/seat-map/model/bands.ts';
import type { SeatLayout } from '../../features/seat-map/model/layout.ts';
import { PlacesPicker } from '../../features/seat-map/places-picker.tsx';
import { SeatMap } from '../../features/seat-map/seat-map.tsx';
import type { SeatFeed } from '../../live/seat-feed.ts';
import { useStore } from '../../shared/external-store.ts';

type Props = {
  layout: SeatLayout;
  feed: SeatFeed;
  bands: PriceBand[];
  currency: string;
  mine: ReadonlySet<number>;
  isHeld: boolean;
  onPick: (seat: number) => void;
  quantities: Record<string, number>;
  onPlaces: (section: string, quantity: number) => void;
};

type Mode = 'map' | 'list' | 'places';
const MODE_NAMES: Record<Mode, string> = { map: 'Map', list: 'List', places: 'Standing' };

function LiveMark({ feed }: { feed: SeatFeed }) {
  const state = useStore(feed.state);
  return (
    <p role="status" className="w-28 text-end text-xs text-faded">
      {state === 'live' ? 'live' : 'connecting…'}
    </p>
  );
}

/** The event's seats as a map or a list, its standing places as numbers: whatever it has. */
export function PickingArea({ layout, feed, bands, currency, mine, isHeld, onPick, quantities, onPlaces }: Props) {
  const modes: Mode[] = [
    ...(layout.count > 0 ? (['map', 'list'] as const) : []),
    ...(layout.places.length > 0 ? (['places'] as const) : []),
  ];
  const [mode, setMode] = useState<Mode>(modes[0] ?? 'map');
  return (
    <section aria-label="Seats" className="grid min-h-[26rem] min-w-0 grid-cols-[minmax(0,1fr)] grid-rows-[auto_1fr] lg:min-h-0">
      <div className="flex min-h-12 flex-wrap items-center gap-x-5 gap-y-1 border-b border-rule px-4 py-1.5 sm:px-6">
        {modes.length > 1 && (
          <div role="group" aria-label="How to show the seats" className="flex gap-1">
            {modes.map((each) => (
              <button
                key={each}
                type="button"
                aria-pressed={mode === each}
                onClick={() => setMode(each)}
                className="rounded-[3px] border border-transparent px-3 py-1 text-sm aria-pressed:border-ink aria-pressed:font-semibold"
              >
                {MODE_NAMES[each]}
              </button>
            ))}
          </div>
        )}
        <div className="ml-auto xl:order-last">
          <LiveMark feed={feed} />
        </div>
        {mode !== 'places' && <Legend bands={bands} currency={currency} hasSections={layout.sections.length > 1} />}
      </div>
      <div className="relative min-h-0">
        {mode === 'map' && (
          <SeatMap layout={layout} feed={feed} bands={bands} currency={currency} mine={mine} isHeld={isHeld} onPick={onPick} />
        )}
        {mode === 'list' && (
          <div className="lg:absolute lg:inset-0">
            <ListView layout={layout} feed={feed} currency={currency} mine={mine} onPick={onPick} />
          </div>
        )}
        {mode === 'places' && (
          <div className="mx-auto w-full max-w-2xl px-4 py-4 sm:px-6 lg:py-10">
            <PlacesPicker sections={layout.places} feed={feed} currency={currency} quantities={quantities} onChange={onPlaces} />
          </div>
        )}
      </div>
    </section>
  );
}
