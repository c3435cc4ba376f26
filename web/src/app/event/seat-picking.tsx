import { useQuery } from '@tanstack/react-query';
import { type ComponentProps, type ReactNode, useCallback, useEffect, useMemo, useState } from 'react';
import type { EventAnswer } from '../../../../contracts/http/catalog.ts';
import type { SeatMap as SeatMapAnswer } from '../../../../contracts/http/seating.ts';
import { type Hold, isRunning, useHold } from '../../features/hold/hold.ts';
import { getAvailability } from '../../features/seat-map/api/get-availability.ts';
import { BestAvailable, type BestWish } from '../../features/seat-map/best-available.tsx';
import { choiceSize, createChoice } from '../../features/seat-map/choice.ts';
import { priceBands } from '../../features/seat-map/model/bands.ts';
import { buildLayout, type SeatLayout } from '../../features/seat-map/model/layout.ts';
import { singleGaps } from '../../features/seat-map/model/single-gap.ts';
import { useFeedTick } from '../../features/seat-map/use-seat-feed.ts';
import type { SeatFeed } from '../../live/seat-feed.ts';
import { LETTER } from '../../live/seat-statuses.ts';
import { useStore } from '../../shared/external-store.ts';
import { formatMoney, formatMoneyShort } from '../../shared/format/money.ts';
import { count } from '../../shared/format/words.ts';
import { Button } from '../../shared/ui/button.tsx';
import { ErrorNotice, Notice } from '../../shared/ui/notice.tsx';
import { ChoiceStub, choiceTotal } from './choice-stub.tsx';
import { HeldPanel } from './held-panel.tsx';
import { PickingArea } from './picking-area.tsx';
import { Sheet, type SheetHeight } from './sheet.tsx';
import { useLostSeats } from './use-lost-seats.ts';
import { useReserving } from './use-reserving.ts';

const NONE: number[] = [];

/** Seat indexes that the map shows as the visitor's own. */
function useMine(seatIds: number[], hold: Hold | null): ReadonlySet<number> {
  return useMemo(
    () => new Set((hold?.reservation.seats.map((seat) => seat.seatId) ?? seatIds).map((seatId) => seatId - 1)),
    [seatIds, hold],
  );
}

/** Places and counts by section, read once and moved on by the stream. */
function useSectionCounts(eventId: string, feed: SeatFeed): void {
  const availability = useQuery(getAvailability(eventId));
  useEffect(() => {
    if (availability.data !== undefined) feed.setCounts(availability.data.seatsBySection);
  }, [availability.data, feed]);
}

function Notices({ message, otherHold, error }: { message: string | null; otherHold: Hold | null; error: Error | null }) {
  return (
    <>
      {message !== null && <Notice>{message}</Notice>}
      {otherHold !== null && (
        <Notice title={`You also hold seats for ${otherHold.eventName}`}>
          Pay for them or give them back first; their time goes on.
        </Notice>
      )}
      {error !== null && <ErrorNotice error={error} />}
    </>
  );
}

/** What the stub offers while nothing is chosen. */
function Invitation({ layout, feed, ...picker }: ComponentProps<typeof BestAvailable> & { layout: SeatLayout; feed: SeatFeed }) {
  if (layout.count === 0) return <p className="text-sm">Choose how many places you want. Each becomes a line here.</p>;
  if (feed.table()?.letters.includes(LETTER.available) === false) {
    return (
      <p className="text-sm">
        Every seat is held or sold at this moment. A hold that is not paid for ends, and its seats appear here by themselves.
      </p>
    );
  }
  return (
    <div className="grid gap-4">
      <p className="text-sm">Tap seats on the map, and each becomes a line here. Or let us choose:</p>
      <BestAvailable {...picker} />
    </div>
  );
}

/** What the sheet says at its lowest height. */
function PeekSummary({ left, right, action }: { left: string; right: string; action: ReactNode }) {
  return (
    <div className="flex min-h-11 items-center gap-4 text-base font-semibold">
      <p className="mr-auto">{left}</p>
      <p className="tabular">{right}</p>
      {action}
    </div>
  );
}

/** Choosing and holding: the map or the list on one side, the stub on the other. */
export function SeatPicking({ event, map, feed }: { event: EventAnswer; map: SeatMapAnswer; feed: SeatFeed }) {
  const layout = useMemo(() => buildLayout(map), [map]);
  const bands = useMemo(() => priceBands(layout.priceCents), [layout]);
  const choiceStore = useMemo(() => createChoice(event.eventId), [event.eventId]);
  const choice = useStore(choiceStore.store);
  const hold = useHold();
  const ownHold = hold !== null && hold.reservation.eventId === event.eventId ? hold : null;
  const otherHold = hold !== null && ownHold === null && isRunning(hold) ? hold : null;
  const runningHold = ownHold !== null && isRunning(ownHold) ? ownHold : null;
  const mine = useMine(ownHold === null ? choice.seatIds : NONE, runningHold);
  const [message, setMessage] = useState<string | null>(null);
  const [sheet, setSheet] = useState<SheetHeight>(ownHold === null ? 'peek' : 'half');
  useSectionCounts(event.eventId, feed);
  useFeedTick(feed);

  const isFree = useCallback((seat: number) => feed.table()?.letters[seat] === LETTER.available, [feed]);
  const openSheet = useCallback((text: string | null) => {
    setMessage(text);
    setSheet((height) => (height === 'peek' ? 'half' : height));
  }, []);
  const reserving = useReserving({
    event,
    layout,
    choice: choiceStore,
    isFree,
    onRefused: openSheet,
    onHeld: () => openSheet(null),
  });
  useLostSeats(feed, layout, choiceStore, reserving.isPending, openSheet);

  const limit = event.maxTicketsPerUser;
  const overLimit = `One buyer may have ${count(limit, 'ticket', 'tickets')} for this event. Let go of one to take another.`;
  function pick(seat: number): void {
    if (ownHold !== null)
      return openSheet(isRunning(ownHold) ? 'You hold seats already. Pay for them, or give them back to choose others.' : null);
    const isChosen = choice.seatIds.includes(seat + 1);
    if (!isChosen && !isFree(seat)) return;
    setMessage(choiceStore.toggleSeat(seat + 1, limit) ? null : overLimit);
  }
  function holdChoice(): void {
    setMessage(null);
    if (choice.seatIds.length > 0) reserving.hold({ seatIds: choice.seatIds });
    else reserving.hold({ places: Object.entries(choice.places).map(([section, quantity]) => ({ section, quantity })) });
  }

  const size = choiceSize(choice);
  const total = formatMoney(choiceTotal(layout, choice), event.currency);
  const notices = <Notices message={message} otherHold={otherHold} error={reserving.error} />;
  const bestAvailable = (wish: BestWish): void => {
    setMessage(null);
    reserving.hold({ bestAvailable: wish });
  };
  return (
    <div className="grid min-h-0 flex-1 grid-cols-[minmax(0,1fr)] max-lg:grid-rows-[1fr] max-lg:pb-22 lg:grid-cols-[minmax(0,1fr)_25rem]">
      <PickingArea
        layout={layout}
        feed={feed}
        bands={bands}
        currency={event.currency}
        mine={mine}
        isHeld={runningHold !== null}
        onPick={pick}
        quantities={choice.places}
        onPlaces={(section, quantity) => setMessage(choiceStore.setPlaces(section, quantity, limit) ? null : overLimit)}
      />
      <Sheet
        height={sheet}
        onHeight={setSheet}
        summary={
          <PeekSummary
            left={
              ownHold !== null
                ? 'Held for you'
                : size === 0
                  ? `Choose ${layout.count === 0 ? 'places' : 'seats'}`
                  : `${count(size, 'ticket', 'tickets')} chosen`
            }
            right={ownHold !== null ? '' : size === 0 ? `from ${formatMoneyShort(event.basePriceCents, event.currency)}` : total}
            action={
              ownHold === null && size > 0 ? (
                <Button look="primary" busy={reserving.isPending} onClick={holdChoice}>
                  Hold
                </Button>
              ) : null
            }
          />
        }
      >
        {ownHold !== null ? (
          <>
            <HeldPanel event={event} hold={ownHold} />
            {message !== null && <div className="mt-4">{notices}</div>}
          </>
        ) : (
          <ChoiceStub
            event={event}
            layout={layout}
            choice={choice}
            gaps={singleGaps(layout, mine, isFree)}
            busy={reserving.isPending}
            notices={notices}
            empty={
              <Invitation
                layout={layout}
                feed={feed}
                bands={bands}
                currency={event.currency}
                limit={limit}
                busy={reserving.isPending}
                onWish={bestAvailable}
              />
            }
            onDropSeat={(seatId) => choiceStore.dropSeats([seatId])}
            onHold={holdChoice}
          />
        )}
      </Sheet>
    </div>
  );
}
