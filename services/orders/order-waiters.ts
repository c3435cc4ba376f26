import type { OrderStatus } from '../../contracts/http/orders.ts';
import { ApiError } from '../../platform/http/api-error.ts';
import type { Database } from '../../platform/postgres/database.ts';
import { isSettled } from './domain/order-status.ts';
import { readStatuses } from './store/orders.ts';

export type OrderWaiters = {
  /**
   * Resolves once the order is CONFIRMED or has ended, or the time is over. At most `MAX_WAITERS` wait at once.
   * @throws ApiError OVERLOADED beyond that
   */
  untilSettled(orderId: string, timeoutMs: number): Promise<void>;
  /**
   * Tells the order's status at every look, also when it is the same, until the answer is called.
   * @throws ApiError OVERLOADED as above
   */
  follow(orderId: string, onStatus: (status: OrderStatus) => void): () => void;
  /** Something was committed here: whoever waits is looked after at once. */
  poke(): void;
  /** Lets everybody go. */
  stop(): void;
};

type Waiter = { onStatus: (status: OrderStatus) => void; onStop: () => void };

const MAX_WAITERS = 5_000;
/** Other processes commit without telling this one, so it also looks by itself. */
const POLL_MS = 250;
/** A busy service commits hundreds of times a second; looking at all who wait as often would cost more than it saves them. */
const LOOK_GAP_MS = 20;

/** All who wait are served by one query at a time, however many they are. */
export function createOrderWaiters(database: Database): OrderWaiters {
  const waiting = new Map<string, Set<Waiter>>();
  let count = 0;
  let poll: NodeJS.Timeout | null = null;
  let scheduled = false;
  let looking = false;
  let missed = false;
  let nextLookMs = 0;

  function untilSettled(orderId: string, timeoutMs: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const onStatus = (status: OrderStatus): void => {
      if (isSettled(status)) done();
    };
    const leave = add(orderId, { onStatus, onStop: () => done() });
    const timeout = setTimeout(() => done(), timeoutMs);
    const done = (): void => {
      clearTimeout(timeout);
      leave();
      resolve();
    };
    return promise;
  }

  function add(orderId: string, waiter: Waiter): () => void {
    if (count >= MAX_WAITERS)
      throw new ApiError('OVERLOADED', 'Too many requests wait for their orders. Ask again without waitFor.');
    const waiters = waiting.get(orderId) ?? new Set();
    waiters.add(waiter);
    waiting.set(orderId, waiters);
    count++;
    poll ??= setInterval(poke, POLL_MS);
    poke();
    return () => {
      if (!waiters.delete(waiter)) return;
      count--;
      if (waiters.size === 0) waiting.delete(orderId);
      if (count === 0) endPolling();
    };
  }

  function poke(): void {
    if (count === 0 || scheduled) return;
    scheduled = true;
    setTimeout(() => void look(), Math.max(0, nextLookMs - performance.now()));
  }

  /** What is committed while a look is under way asks for the next one. */
  async function look(): Promise<void> {
    scheduled = false;
    if (looking) {
      missed = true;
      return;
    }
    looking = true;
    try {
      const statuses = await readStatuses(database, [...waiting.keys()]);
      for (const [orderId, status] of statuses) for (const { onStatus } of waiting.get(orderId) ?? []) onStatus(status);
    } catch {
      // The database is away for a moment: the next look or the timeout ends the wait.
    }
    looking = false;
    nextLookMs = performance.now() + LOOK_GAP_MS;
    if (missed) poke();
    missed = false;
  }

  function endPolling(): void {
    if (poll !== null) clearInterval(poll);
    poll = null;
  }

  return {
    untilSettled,
    follow: (orderId, onStatus) => add(orderId, { onStatus, onStop: () => undefined }),
    poke,
    stop: () => {
      for (const waiters of waiting.values()) for (const { onStop } of waiters) onStop();
      endPolling();
    },
  };
}
