import { type KeyboardEvent, useEffect, useRef, useState } from 'react';
import type { SeatFeed } from '../../live/seat-feed.ts';
import { LETTER } from '../../live/seat-statuses.ts';
import { formatMoney } from '../../shared/format/money.ts';
import { JumpField } from './jump-field.tsx';
import { createMapView, type MapView } from './canvas/map-view.ts';
import type { PriceBand } from './model/bands.ts';
import { seatFacts, type SeatLayout } from './model/layout.ts';
import type { Direction } from './model/neighbour.ts';
import { type SeatStanding, spokenName } from './model/spoken-name.ts';

const ARROWS: Record<string, Direction> = { ArrowLeft: 'left', ArrowRight: 'right', ArrowUp: 'up', ArrowDown: 'down' };

type Props = {
  layout: SeatLayout;
  feed: SeatFeed;
  bands: PriceBand[];
  currency: string;
  /** Seat indexes that are the visitor's: chosen, or held. */
  mine: ReadonlySet<number>;
  isHeld: boolean;
  onPick: (seat: number) => void;
};

function standing(props: Props, seat: number): SeatStanding {
  if (props.mine.has(seat)) return props.isHeld ? 'held for you' : 'chosen by you';
  const letter = props.feed.table()?.letters[seat];
  if (letter === LETTER.available) return 'available';
  return letter === LETTER.reserved ? 'held by someone' : 'taken';
}

/** Puts the canvas under the feed; returns the view once it exists. */
function useMapView(
  props: Props,
  canvasRef: React.RefObject<HTMLCanvasElement | null>,
  events: { onFocus: (seat: number) => void; onHover: (seat: number, x: number, y: number) => void },
) {
  const { layout, feed, bands, currency } = props;
  const latest = useRef({ ...events, onPick: props.onPick });
  latest.current = { ...events, onPick: props.onPick };
  const [view, setView] = useState<MapView | null>(null);
  useEffect(() => {
    const canvas = canvasRef.current;
    if (canvas === null) return;
    const made = createMapView(canvas, layout, bands, currency, {
      onPick: (seat) => latest.current.onPick(seat),
      onFocus: (seat) => latest.current.onFocus(seat),
      onHover: (seat, x, y) => latest.current.onHover(seat, x, y),
    });
    const show = (seats: number[] | null): void => {
      const letters = feed.table()?.letters;
      if (letters === undefined) return;
      if (seats === null) made.setLetters(letters);
      else made.changeSeats(seats, letters);
    };
    show(null);
    const stop = feed.onChange((changes) => show(changes?.map(([seatId]) => seatId - 1) ?? null));
    setView(made);
    return () => {
      stop();
      made.destroy();
    };
  }, [canvasRef, layout, feed, bands, currency]);
  useEffect(() => view?.setMine(props.mine), [view, props.mine]);
  return view;
}

export function SeatMap(props: Props) {
  const { layout, currency } = props;
  const canvasRef = useRef<HTMLCanvasElement>(null);
  const tipRef = useRef<HTMLDivElement>(null);
  const jumpRef = useRef<HTMLInputElement>(null);
  const [focused, setFocused] = useState(-1);
  const [hovered, setHovered] = useState(-1);
  const view = useMapView(props, canvasRef, {
    onFocus: setFocused,
    onHover: (seat, x, y) => {
      setHovered(seat);
      if (tipRef.current !== null) tipRef.current.style.transform = `translate(${Math.round(x)}px, ${Math.round(y)}px)`;
    },
  });

  function onKeyDown(event: KeyboardEvent): void {
    const direction = ARROWS[event.key];
    if (direction !== undefined) view?.moveFocus(direction);
    else if (event.key === 'Enter' || event.key === ' ') {
      if (focused >= 0) props.onPick(focused);
    } else if (event.key === 'Escape') {
      setFocused(-1);
      view?.focusSeat(-1);
    } else if (event.key === '0') view?.fit();
    else if (event.key === '+' || event.key === '=') view?.zoom(1.6);
    else if (event.key === '-') view?.zoom(1 / 1.6);
    else if (event.key === '/') jumpRef.current?.focus();
    else return;
    event.preventDefault();
  }

  const tip = hovered >= 0 ? seatFacts(layout, hovered) : null;
  return (
    <div className="relative size-full overflow-hidden">
      <canvas
        ref={canvasRef}
        tabIndex={0}
        role="application"
        aria-roledescription="seat map"
        aria-label="Seat map. Arrow keys move from seat to seat, Enter takes a seat, plus and minus zoom, 0 shows everything. The list does the same."
        className="absolute inset-0 size-full touch-none outline-offset-[-3px] active:cursor-grabbing"
        onKeyDown={onKeyDown}
      />
      <p className="sr-only" aria-live="assertive">
        {focused >= 0 && spokenName(seatFacts(layout, focused), currency, standing(props, focused))}
      </p>
      <div ref={tipRef} aria-hidden="true" className="pointer-events-none absolute top-0 left-0">
        {tip !== null && (
          <div className="tabular absolute bottom-4 -translate-x-1/2 rounded-[3px] bg-ink px-2 py-1 text-xs whitespace-nowrap text-paper">
            {tip.section} · {tip.row} · {tip.number} &nbsp; {formatMoney(tip.priceCents, currency)}
          </div>
        )}
      </div>
      {layout.count > 200 && (
        <div className="absolute right-16 bottom-3 max-sm:hidden">
          <JumpField
            layout={layout}
            inputRef={jumpRef}
            onJump={(seat) => {
              view?.focusSeat(seat);
              canvasRef.current?.focus();
            }}
          />
        </div>
      )}
      <div className="absolute right-3 bottom-3 grid overflow-hidden rounded-[3px] border border-rule bg-raised">
        {(
          [
            ['Zoom in', '+', () => view?.zoom(1.8)],
            ['Zoom out', '−', () => view?.zoom(1 / 1.8)],
            ['Show everything', '⤢', () => view?.fit()],
          ] as const
        ).map(([label, sign, act]) => (
          <button
            key={label}
            type="button"
            aria-label={label}
            title={label}
            onClick={act}
            className="grid size-10 place-items-center border-rule text-lg not-first:border-t hover:bg-paper"
          >
            {sign}
          </button>
        ))}
      </div>
    </div>
  );
}
