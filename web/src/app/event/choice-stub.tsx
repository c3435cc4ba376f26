import type { ReactNode } from 'react';
import type { EventAnswer } from '../../../../contracts/http/catalog.ts';
import type { Choice } from '../../features/seat-map/choice.ts';
import { seatFacts, type SeatLayout } from '../../features/seat-map/model/layout.ts';
import { formatMoney } from '../../shared/format/money.ts';
import { list } from '../../shared/format/words.ts';
import { Button } from '../../shared/ui/button.tsx';
import { Perforation } from '../../shared/ui/perforation.tsx';
import { LeaderRow, SeatName, Stub, StubPart } from '../../shared/ui/stub.tsx';
import { StubHead } from './stub-head.tsx';

type Props = {
  event: EventAnswer;
  layout: SeatLayout;
  choice: Choice;
  gaps: number[];
  busy: boolean;
  notices: ReactNode;
  /** What to offer while nothing is chosen. */
  empty: ReactNode;
  onDropSeat: (seatId: number) => void;
  onHold: () => void;
};

export function choiceTotal(layout: SeatLayout, choice: Choice): number {
  const seats = choice.seatIds.reduce((sum, seatId) => sum + (layout.priceCents[seatId - 1] ?? 0), 0);
  return layout.places.reduce((sum, section) => sum + section.priceCents * (choice.places[section.name] ?? 0), seats);
}

function DropButton({ name, onClick }: { name: string; onClick: () => void }) {
  return (
    <button
      type="button"
      aria-label={`Let go of ${name}`}
      onClick={onClick}
      className="-my-2 -mr-2 ml-1 grid size-8 shrink-0 place-items-center text-faded hover:text-ink"
    >
      ×
    </button>
  );
}

/** The stub while seats are being chosen: it grows a line with each. */
export function ChoiceStub({ event, layout, choice, gaps, busy, notices, empty, onDropSeat, onHold }: Props) {
  const placeLines = layout.places.filter((section) => (choice.places[section.name] ?? 0) > 0);
  const count = choice.seatIds.length + placeLines.reduce((sum, section) => sum + (choice.places[section.name] ?? 0), 0);
  const money = (cents: number): string => formatMoney(cents, event.currency);
  return (
    <div className="grid gap-4">
      <Stub>
        <StubPart bottom>
          <StubHead event={event} />
        </StubPart>
        <Perforation />
        <StubPart top className="grid gap-4 p-5">
          {count === 0 ? (
            empty
          ) : (
            <>
              <ul className="grid gap-1.5">
                {choice.seatIds.map((seatId) => {
                  const seat = seatFacts(layout, seatId - 1);
                  return (
                    <li key={seatId} className="flex items-baseline animate-rise">
                      <div className="min-w-0 flex-1">
                        <LeaderRow
                          what={<SeatName section={seat.section} row={seat.row} number={seat.number} />}
                          amount={money(seat.priceCents)}
                        />
                      </div>
                      <DropButton name={seat.seatCode} onClick={() => onDropSeat(seatId)} />
                    </li>
                  );
                })}
                {placeLines.map((section) => (
                  <li key={section.name} className="animate-rise">
                    <LeaderRow
                      what={
                        <span className="tabular">
                          {choice.places[section.name]} × {section.name}
                        </span>
                      }
                      amount={money(section.priceCents * (choice.places[section.name] ?? 0))}
                    />
                  </li>
                ))}
              </ul>
              <LeaderRow strong what="Together, before fees" amount={money(choiceTotal(layout, choice))} />
              {gaps.length > 0 && (
                <p className="text-sm text-faded">
                  This leaves {list(gaps.map((seat) => seatFacts(layout, seat).seatCode))} alone between taken seats. One seat to
                  the side would be kind to the next buyer.
                </p>
              )}
              <Button look="primary" busy={busy} onClick={onHold} className="min-h-13 text-lg">
                {busy ? 'Holding…' : count === 1 ? 'Hold it' : `Hold these ${count}`}
              </Button>
              <p className="-mt-2 text-center text-sm text-faded">They are yours alone while you pay.</p>
            </>
          )}
        </StubPart>
      </Stub>
      {notices}
    </div>
  );
}
