import { buyerMaker } from '../load/buyers.ts';
import { measureCost } from '../load/cost.ts';
import { addressOf } from '../load/wire.ts';
import { startCrowd, type RunningCrowd } from './crowd.ts';
import { splitHouse } from './house.ts';
import type { JournalWriter } from './journal.ts';
import { createLedger } from './ledger.ts';
import { createLines } from './line.ts';
import type { SimulationOptions } from './options.ts';
import { openPage } from './page.ts';
import { createTally, type Tally } from './tally.ts';
import type { Target } from './target.ts';
import { watchSale, type Watch } from './watch.ts';
import { finalAvailability, makeEvents, openSale } from './world.ts';

/** What can be seen while it runs. */
export type Progress = { tally: Tally; watch: Watch; crowd: RunningCrowd; buyers: number };

export type SimulationHooks = {
  /** Ends it early, with a report of what happened until then. */
  signal: AbortSignal;
  /** What is being done; the sale itself is seen through `onOpen`. */
  onPhase?: (what: string) => void;
  onOpen?: (progress: Progress) => void;
  onClose?: () => void;
};

/** The wait for returned holds is given up after so much longer than a hold lasts: a payment may keep one a while. */
const PATIENCE_OVER_HOLD_MS = 60_000;
/** Holds that ran out are released by a job that looks now and then. */
const SETTLED_AFTER_HOLD_MS = 10_000;

/** What is known of a sale that is over. */
export type PlayedSale = Awaited<ReturnType<typeof playSale>>;

/** Makes the events, opens the sale, and lets everybody come. */
export async function playSale(target: Target, options: SimulationOptions, hooks: SimulationHooks, journal: JournalWriter) {
  const { events: eventCount, shares, seed, concurrency, buyers, pace, holdSeconds } = options;
  const { signal } = hooks;
  const address = addressOf(target.url);
  const makeBuyer = buyerMaker(target.jwtSecret);
  const organizerToken = buyerMaker(target.jwtSecret, ['organizer'])().token;
  const houses = splitHouse(options.seats, eventCount, shares.general);
  const saleOptions = { url: target.url, organizerToken, houses, holdSeconds };
  const events = await makeEvents(saleOptions);
  const pages = events.map(({ eventId }) => openPage(eventId));
  const ledger = createLedger(houses);
  const buyersLines = createLines(address);
  const spectatorsLines = createLines(address);

  hooks.onPhase?.('opening the sale');
  await openSale(saleOptions, events);
  const tally = createTally();
  const cost = measureCost();
  const crowd = startCrowd({
    crowd: { seed, events: eventCount, shares },
    buyers,
    concurrency,
    tally,
    openLine: buyersLines.open,
    makeBuyer,
    visit: (who, plan, event, visits, line) => {
      const [at, page] = [events[event], pages[event]];
      if (at === undefined || page === undefined) throw new Error(`There is no event ${event}.`);
      const habits = { random: plan.random, lostShare: shares.lost, repeatedShare: shares.repeated };
      const asker = { ...who, ...habits, host: address.host, line, tally, journal, signal };
      return { ...asker, plan, event: at, page, ledger, pace, visits };
    },
    signal,
    isOver: () => ledger.tickets >= options.seats,
    patienceMs: holdSeconds * 1000 + PATIENCE_OVER_HOLD_MS,
  });
  const watch = watchSale({
    events,
    openLine: spectatorsLines.open,
    token: () => makeBuyer().token,
    host: address.host,
    nowSeconds: tally.nowSeconds,
    onChange: () => crowd.look(watch),
  });
  hooks.onOpen?.({ tally, watch, crowd, buyers });
  signal.addEventListener('abort', buyersLines.close, { once: true });
  try {
    await crowd.finished;
    const elapsedSeconds = tally.nowSeconds();
    return {
      tally,
      watch,
      crowd,
      ledger,
      elapsedSeconds,
      cost: cost(),
      look: () => finalAvailability(saleOptions, events, signal.aborted ? 0 : holdSeconds * 1000 + SETTLED_AFTER_HOLD_MS),
      interrupted: signal.aborted,
    };
  } finally {
    await watch.stop();
    buyersLines.close();
    spectatorsLines.close();
    hooks.onClose?.();
  }
}
