import type { Ticket } from '../../contracts/http/orders.ts';
import type { House } from './house.ts';

/** Tickets as the buyers have them, held against what there is to sell: an independent look at whether anything was oversold. */
export type Ledger = {
  /** Buyers were shown these tickets. */
  issued(event: number, tickets: readonly Pick<Ticket, 'seatId'>[]): void;
  /** They are about to give them back. */
  returned(event: number, tickets: readonly Pick<Ticket, 'seatId'>[]): void;
  /** Seats and places that more buyers have than there are. */
  oversold(): number;
  /** Tickets in the hands of buyers. */
  readonly tickets: number;
};

export function createLedger(houses: readonly House[]): Ledger {
  const events = houses.map(({ seats, places }) => ({ owners: new Int16Array(seats), places, sold: 0 }));
  let tickets = 0;

  function move(event: number, moved: readonly Pick<Ticket, 'seatId'>[], by: 1 | -1): void {
    const book = events[event];
    if (book === undefined) throw new Error(`There is no event ${event}.`);
    for (const { seatId } of moved) {
      tickets += by;
      if (seatId === undefined) book.sold += by;
      else book.owners[seatId - 1] = (book.owners[seatId - 1] ?? 0) + by;
    }
  }

  return {
    issued: (event, issued) => move(event, issued, 1),
    returned: (event, returned) => move(event, returned, -1),
    oversold: () =>
      events.reduce((sum, { owners, places, sold }) => {
        const doubled = owners.reduce((more, holders) => more + Math.max(0, holders - 1), 0);
        return sum + doubled + Math.max(0, sold - places);
      }, 0),
    get tickets() {
      return tickets;
    },
  };
}
