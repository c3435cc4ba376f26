import { refusalOf, type StoredAnswer } from '../../../platform/idempotency/answer.ts';
import { claimKeys, finishKeys, freeKeys, type Claim, type HeldKey } from '../../../platform/idempotency/held-keys.ts';
import type { IdempotencyKey } from '../../../platform/idempotency/idempotency-key.ts';
import { IdempotencyRace } from '../../../platform/idempotency/in-transaction.ts';
import type { Database, Tx } from '../../../platform/postgres/database.ts';
import { createWriteBatcher } from '../../../platform/postgres/write-batcher.ts';
import {
  acceptBookings,
  claimBooking,
  finishBookings,
  insertBookings,
  type Booking,
  type BookingCharge,
} from '../store/bookings.ts';

/** A request that comes with a booking of its own, in case its key began none yet. */
type Begin = { key: IdempotencyKey; booking: Booking; dueAt: Date; at: Date };
type Accept = { orderId: string; charge: BookingCharge | null; dueAt: Date };
type End = { held: HeldKey; answer: StoredAnswer | null };
export type Begun = { held: HeldKey; booking: Booking };

export type BookingWrites = {
  /** Takes the request's key, with a new booking or the one that was begun under it. Or tells what the key was answered. */
  begin(command: Begin): Promise<Begun | { answer: StoredAnswer }>;
  /** There is an order, to be charged by `dueAt` if by nobody else, or (null) for nothing. False when it is being undone. */
  accept(command: Accept): Promise<boolean>;
  /** Stores the answer, or (null) frees the key for another try. False when another attempt has taken the work up. */
  end(command: End): Promise<boolean>;
  /** Nothing more is to be charged; the order goes on by itself. */
  finish(orderId: string): Promise<void>;
  stop(): Promise<void>;
};

const BATCH = { maxBatch: 200, maxQueue: 2_000, maxWaitMs: 3_000 };
const KEYS_ARE_KEPT_MS = 24 * 60 * 60_000;
const MAX_RACES = 5;

/** What bookings that come at the same time write is written in one transaction each step. */
export function createBookingWrites(database: Database): BookingWrites {
  const begins = createWriteBatcher<Begin, Claim | Begun>({
    name: 'orders.booking-begin',
    ...BATCH,
    run: (commands) => againAfterRaces(() => database.transaction((tx) => beginAll(tx, commands))),
  });
  const accepts = createWriteBatcher<Accept, boolean>({
    name: 'orders.booking-accept',
    ...BATCH,
    run: async (commands) => {
      const accepted = await acceptBookings(database, commands);
      return commands.map(({ orderId }) => accepted.has(orderId));
    },
  });
  const ends = createWriteBatcher<End, boolean>({
    name: 'orders.booking-end',
    ...BATCH,
    run: (commands) => database.transaction((tx) => endAll(tx, commands)),
  });
  const finishes = createWriteBatcher<string, true>({
    name: 'orders.booking-finish',
    ...BATCH,
    run: async (orderIds) => {
      await finishBookings(database, orderIds);
      return orderIds.map(() => true);
    },
  });

  async function begin(command: Begin): Promise<Begun | { answer: StoredAnswer }> {
    const begun = await begins.submit(command);
    if ('booking' in begun) return begun;
    if (begun.kind === 'REPLAY') return { answer: begun.answer };
    throw refusalOf(begun.kind === 'REUSED' ? 'REUSED' : 'IN_FLIGHT');
  }

  return {
    begin,
    accept: accepts.submit,
    end: ends.submit,
    finish: async (orderId) => void (await finishes.submit(orderId)),
    stop: async () => {
      await Promise.all([begins.stop(), accepts.stop(), ends.stop(), finishes.stop()]);
    },
  };
}

async function beginAll(tx: Tx, commands: readonly Begin[]): Promise<(Claim | Begun)[]> {
  const claims = await claimKeys(
    tx,
    commands.map(({ key }) => key),
  );
  const taken: (Claim | Begun)[] = [];
  const fresh: Begin[] = [];
  for (const [index, command] of commands.entries()) {
    const claim = claims[index] ?? { kind: 'IN_FLIGHT' };
    const held = claim.kind === 'RUN' ? claim.held : null;
    // Rare, so one by one: an attempt before this one was cut off.
    const before = held?.resumed === true ? await begunBefore(tx, command) : undefined;
    if (held !== null && before === undefined) fresh.push(command);
    taken.push(held === null ? claim : { held, booking: before ?? command.booking });
  }
  await insertBookings(tx, fresh);
  return taken;
}

/** Keys are forgotten after a day, and so is what they began. */
function begunBefore(tx: Tx, { booking, dueAt, at }: Begin): Promise<Booking | undefined> {
  return claimBooking(tx, { ...booking, since: new Date(at.getTime() - KEYS_ARE_KEPT_MS) }, dueAt);
}

async function endAll(tx: Tx, commands: readonly End[]): Promise<boolean[]> {
  const answered = commands.flatMap(({ held, answer }) => (answer === null ? [] : [{ held, answer }]));
  const lost = await finishKeys(tx, answered);
  await freeKeys(
    tx,
    commands.flatMap(({ held, answer }) => (answer === null ? held : [])),
  );
  return commands.map(({ held }) => !lost.has(held.token));
}

async function againAfterRaces<T>(work: () => Promise<T>): Promise<T> {
  for (let races = 0; ; races++) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof IdempotencyRace) || races >= MAX_RACES) throw error;
    }
  }
}
