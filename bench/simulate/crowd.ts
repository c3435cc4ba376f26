import type { Buyer } from '../load/buyers.ts';
import { planOf, type BuyerPlan, type Crowd, type Wish } from './behaviour.ts';
import { buy } from './buyer.ts';
import type { Line } from './line.ts';
import type { Tally } from './tally.ts';
import type { Visit } from './visit.ts';
import type { Standing, Watch } from './watch.ts';

export type CrowdOptions = {
  crowd: Crowd;
  buyers: number;
  concurrency: number;
  tally: Tally;
  openLine(): Line;
  makeBuyer(): Buyer;
  /** A visit but for who comes, what for, and where to. */
  visit(who: Buyer, plan: BuyerPlan, event: number, visits: number, line: Line): Visit;
  signal: AbortSignal;
  /** Whether nothing can come back any more: buyers have the tickets for all of it. */
  isOver(): boolean;
  /** The wait for returned holds is given up when nothing changed for so long. */
  patienceMs: number;
};

export type RunningCrowd = {
  /** Resolves when everybody came and went. */
  finished: Promise<void>;
  /** To be called when something may have become free. */
  look(watch: Pick<Watch, 'standings' | 'sums'>): void;
  readonly came: number;
  readonly active: number;
  readonly waiting: number;
  /** Whether holds did not come back for so long that patient buyers were sent away. */
  readonly stalled: boolean;
};

/** Somebody who comes, or comes again. */
type Guest = { who: Buyer; plan: BuyerPlan; event: number; visits: number; hops: number };

/** Patient buyers who wait at one time; more of them leave. */
const MAX_WAITING = 5_000;
/** With nothing held, only refunds under way can bring something back. */
const QUIET_MS = 8_000;
const MAX_HOPS = 2;
const MAX_VISITS = 100;

/** Lets buyers come one after the other, so many at a time, until all have come and gone. */
export function startCrowd(options: CrowdOptions): RunningCrowd {
  const { crowd, tally, signal } = options;
  const waiting: Guest[][] = Array.from({ length: crowd.events }, () => []);
  const returning: Guest[] = [];
  let standings: readonly Standing[] | null = null;
  let stalled = false;
  let gaveUp = false;
  let came = 0;
  let active = 0;
  let waitingCount = 0;
  let wake = Promise.withResolvers<void>();
  let lastSums = '';
  let changedAtMs = performance.now();

  function wakeUp(): void {
    wake.resolve();
    wake = Promise.withResolvers<void>();
  }

  function nextGuest(): Guest | null {
    const again = returning.shift();
    if (again !== undefined) return again;
    if (came >= options.buyers) return null;
    const plan = planOf(crowd, came++);
    return { who: options.makeBuyer(), plan, event: plan.event, visits: 0, hops: 0 };
  }

  async function serve(line: Line): Promise<void> {
    while (!signal.aborted) {
      const guest = nextGuest();
      if (guest === null) {
        if (active === 0 && waitingCount === 0 && returning.length === 0) break;
        await wake.promise;
        continue;
      }
      active++;
      guest.visits++;
      const ending = await buy(options.visit(guest.who, guest.plan, guest.event, guest.visits, line));
      active--;
      if (ending !== 'soldOut' || !staysFor(guest)) tally.ended(ending);
      if (active === 0) wakeUp();
    }
    wakeUp();
  }

  /** Whether somebody who found it sold out goes on, elsewhere or later. */
  function staysFor(guest: Guest): boolean {
    const { plan } = guest;
    if (options.isOver() || signal.aborted || guest.visits >= MAX_VISITS) return false;
    const elsewhere = plan.flexible && guest.hops < MAX_HOPS ? somewhereElse(guest) : null;
    if (elsewhere !== null) {
      returning.push({ ...elsewhere, hops: guest.hops + 1 });
      return true;
    }
    if (!plan.patient || waitingCount >= MAX_WAITING) return false;
    waiting[guest.event]?.push(guest);
    waitingCount++;
    return true;
  }

  /** What is left at this event of another kind, or at another event. */
  function somewhereElse(guest: Guest): Guest | null {
    if (standings === null) return null;
    const from = Math.floor(guest.plan.random() * crowd.events);
    for (let i = 0; i < crowd.events; i++) {
      const event = (from + i) % crowd.events;
      const wish = wishFor(standings[event], guest.plan.wish);
      if (wish !== null && (event !== guest.event || wish !== guest.plan.wish))
        return { ...guest, event, plan: { ...guest.plan, wish } };
    }
    return null;
  }

  function look(watch: Pick<Watch, 'standings' | 'sums'>): void {
    ({ standings } = watch);
    const { sold, held, free } = watch.sums();
    const isOver = options.isOver();
    const now = performance.now();
    const text = `${sold} ${held} ${free} ${came}`;
    if (text !== lastSums || active > 0) changedAtMs = now;
    lastSums = text;
    const patienceMs = held > 0 ? options.patienceMs : QUIET_MS;
    gaveUp ||= !isOver && waitingCount > 0 && now - changedAtMs > patienceMs;
    stalled ||= gaveUp && held > 0;
    for (const [event, guests] of waiting.entries()) {
      const standing = standings[event];
      const available = (standing?.freeSeats ?? 0) + (standing?.freePlaces ?? 0);
      for (const guest of guests.splice(0, isOver || gaveUp ? guests.length : available)) {
        waitingCount--;
        const wish = wishFor(standing, guest.plan.wish);
        if (isOver || gaveUp || wish === null) tally.ended('soldOut');
        else returning.push({ ...guest, plan: { ...guest.plan, wish } });
      }
    }
    wakeUp();
  }

  signal.addEventListener('abort', wakeUp);
  const finished = Promise.all(Array.from({ length: options.concurrency }, () => serve(options.openLine()))).then(
    () => undefined,
  );
  return {
    finished,
    look,
    get came() {
      return came;
    },
    get active() {
      return active;
    },
    get waiting() {
      return waitingCount;
    },
    get stalled() {
      return stalled;
    },
  };
}

/** What they ask for there; null when nothing is left. */
function wishFor(standing: Standing | undefined, wish: Wish): Wish | null {
  if (standing === undefined || standing.freeSeats + standing.freePlaces === 0) return null;
  if (standing.freeSeats === 0) return 'places';
  if (wish === 'places' && standing.freePlaces === 0) return 'best';
  return wish;
}
