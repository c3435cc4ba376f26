import { buyersInTurn } from '../load/buyers.ts';
import { runClosedLoop } from '../load/closed-loop.ts';
import type { LoadResult } from '../load/tally.ts';
import { addressOf, wireRequest } from '../load/wire.ts';
import type { Load } from './load.ts';

export type ReserveSeats = Load & {
  /** Their seats are taken one event after the other, or with `inTurn` one of each in turn. */
  events: readonly { eventId: string; seats: number }[];
  inTurn?: boolean;
  /** Of each event, in random order. The load ends early when all are taken. */
  seatsOfEach?: number;
};

type Seat = { eventId: string; seatId: number };

/** Random free seats, one at a time, each by another user: nobody wants a seat that somebody has. */
export async function reserveSeats({
  events,
  inTurn = false,
  seatsOfEach,
  jwtSecret,
  ...load
}: ReserveSeats): Promise<LoadResult> {
  const nextBuyer = buyersInTurn(jwtSecret, load.users);
  const ofEvents = events.map(({ eventId, seats }) =>
    shuffled(seats)
      .slice(0, seatsOfEach ?? seats)
      .map((seatId) => ({ eventId, seatId })),
  );
  const wanted = inTurn ? zipped(ofEvents) : ofEvents.flat();
  let taken = 0;
  return runClosedLoop({
    ...load,
    addresses: load.urls.map(addressOf),
    next: () => {
      const seat = wanted[taken++];
      if (seat === undefined) return null;
      const body = `{"eventId":"${seat.eventId}","seatIds":[${seat.seatId}]}`;
      return wireRequest({ method: 'POST', path: '/v1/seats/reserve', token: nextBuyer().token, body });
    },
  });
}

/** 1 to `count` in random order. */
function shuffled(count: number): number[] {
  const numbers = Array.from({ length: count }, (_, index) => index + 1);
  for (let last = count - 1; last > 0; last--) {
    const other = Math.floor(Math.random() * (last + 1));
    [numbers[last], numbers[other]] = [numbers[other] ?? 0, numbers[last] ?? 0];
  }
  return numbers;
}

function zipped(lists: readonly Seat[][]): Seat[] {
  const longest = Math.max(0, ...lists.map((list) => list.length));
  return Array.from({ length: longest }, (_, index) => lists.flatMap((list) => list[index] ?? [])).flat();
}
