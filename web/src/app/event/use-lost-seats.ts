import { useEffect } from 'react';
import type { ChoiceStore } from '../../features/seat-map/choice.ts';
import { fasterText } from '../../features/seat-map/model/alternatives.ts';
import type { SeatLayout } from '../../features/seat-map/model/layout.ts';
import type { SeatFeed } from '../../live/seat-feed.ts';
import { LETTER } from '../../live/seat-statuses.ts';

/**
 * Lets go of chosen seats that others took meanwhile, and says so at once. While the own hold is on its way (`isPaused`) nothing is judged: the
 * stream may tell of it before its answer does.
 */
export function useLostSeats(
  feed: SeatFeed,
  layout: SeatLayout,
  choice: ChoiceStore,
  isPaused: boolean,
  onLost: (text: string) => void,
): void {
  useEffect(() => {
    if (isPaused) return;
    function judge(): void {
      const letters = feed.table()?.letters;
      if (letters === undefined) return;
      const gone = choice.store.get().seatIds.filter((seatId) => letters[seatId - 1] !== LETTER.available);
      if (gone.length === 0) return;
      choice.dropSeats(gone);
      const seats = gone.filter((seatId) => seatId <= layout.count).map((seatId) => seatId - 1);
      if (seats.length > 0) onLost(fasterText(layout, seats, (seat) => letters[seat] === LETTER.available));
    }
    judge();
    return feed.onChange(judge);
  }, [feed, layout, choice, isPaused, onLost]);
}
