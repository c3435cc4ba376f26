import { setTimeout as delay } from 'node:timers/promises';
import { wireRequest } from '../load/wire.ts';
import { asLeft, parsed, type Left } from './answers.ts';
import { GENERAL_SECTION } from './house.ts';
import type { Line } from './line.ts';
import type { SaleEvent } from './world.ts';

/** What is left of an event, as anybody can see. */
export type Standing = { sold: number; held: number; freeSeats: number; freePlaces: number };

export type Watch = {
  /** By index of the event, as last seen. */
  readonly standings: readonly Standing[];
  sums(): { sold: number; held: number; free: number; total: number };
  /** Seconds after which everything was sold for the first time; null as long as it was not. */
  readonly soldOutSeconds: number | null;
  /** Seconds after which nothing was free for the first time: all of it sold or held. */
  readonly allTakenSeconds: number | null;
  /** Sums by the second. */
  readonly timeline: readonly { second: number; sold: number; held: number; free: number }[];
  stop(): Promise<void>;
};

export type WatchOptions = {
  events: readonly SaleEvent[];
  openLine(): Line;
  /** A spectator's token; another each time, since one may only ask so often. */
  token(): string;
  host: string;
  nowSeconds(): number;
  onChange(): void;
};

const POLL_MS = 200;

/** Somebody who looks at the availability of every event all the time and does not buy. */
export function watchSale(options: WatchOptions): Watch {
  const { events, nowSeconds } = options;
  const total = events.reduce((sum, { house }) => sum + house.seats + house.places, 0);
  const standings = events.map(({ house }): Standing => ({ sold: 0, held: 0, freeSeats: house.seats, freePlaces: house.places }));
  const timeline: { second: number; sold: number; held: number; free: number }[] = [];
  let soldOutSeconds: number | null = null;
  let allTakenSeconds: number | null = null;
  let stopping = false;

  const sums = () => {
    const add = (of: (standing: Standing) => number): number => standings.reduce((sum, one) => sum + of(one), 0);
    return {
      sold: add((one) => one.sold),
      held: add((one) => one.held),
      free: add((one) => one.freeSeats + one.freePlaces),
      total,
    };
  };

  function note(): void {
    const { sold, held, free } = sums();
    const now = nowSeconds();
    if (free === 0) allTakenSeconds ??= now;
    if (sold >= total) soldOutSeconds ??= now;
    const second = Math.floor(now);
    if (timeline.at(-1)?.second === second) timeline.pop();
    timeline.push({ second, sold, held, free });
  }

  async function follow(event: SaleEvent): Promise<void> {
    const line = options.openLine();
    while (!stopping) {
      const path = `/v1/seats/availability?eventId=${event.eventId}`;
      const reply = await line.ask(wireRequest({ path, token: options.token() }, options.host));
      const left = reply?.status === 200 ? asLeft(parsed(reply.text)) : null;
      if (left !== null) {
        standings[event.index] = standingOf(left);
        note();
        options.onChange();
      }
      await delay(POLL_MS);
    }
  }

  const following = Promise.all(events.map(follow));
  return {
    standings,
    sums,
    timeline,
    get soldOutSeconds() {
      return soldOutSeconds;
    },
    get allTakenSeconds() {
      return allTakenSeconds;
    },
    async stop() {
      stopping = true;
      await following;
    },
  };
}

function standingOf({ allocatedSeats, reservedSeats, availableSeats, seatsBySection }: Left): Standing {
  const freePlaces = seatsBySection.find(({ section }) => section === GENERAL_SECTION)?.availableSeats ?? 0;
  return { sold: allocatedSeats, held: reservedSeats, freeSeats: availableSeats - freePlaces, freePlaces };
}
