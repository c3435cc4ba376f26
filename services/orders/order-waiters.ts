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
  /** Something was committed here: whoever waits is looked after at once. */
  poke(): void;
  /** Lets everybody go. */
  stop(): void;
};

const MAX_WAITERS = 5_000;
/** Other processes commit without telling this one, so it also looks by itself. */
const POLL_MS = 250;
/** A busy service commits hundreds of times a second; looking at all who wait as often would cost more than it saves them. */
const LOOK_GAP_MS = 20;

/** All who wait are served by one query at a time, however many they are. */
export function createOrderWaiters(database: Database): OrderWaiters {
  const waiting = new Map<string, Set<() => void>>();
  let count = 0;
  let poll: NodeJS.Timeout | null = null;
  let scheduled = false;
  let looking = false;
  let missed = false;
  let nextLookMs = 0;

  function untilSettled(orderId: string, timeoutMs: number): Promise<void> {
    if (count >= MAX_WAITERS)
      throw new ApiError('OVERLOADED', 'Too many requests wait for their orders. Ask again without waitFor.');
    return new Promise((resolve) => {
      const waiters = waiting.get(orderId) ?? new Set();
      const done = (): void => {
        if (!waiters.delete(done)) return;
        clearTimeout(timeout);
        count--;
        if (waiters.size === 0) waiting.delete(orderId);
        if (count === 0) endPolling();
        resolve();
      };
      const timeout = setTimeout(done, timeoutMs);
      waiters.add(done);
      waiting.set(orderId, waiters);
      count++;
      poll ??= setInterval(poke, POLL_MS);
      poke();
    });
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
      for (const [orderId, status] of statuses) if (isSettled(status)) release(orderId);
    } catch {
      // The database is away for a moment: the next look or the timeout ends the wait.
    }
    looking = false;
    nextLookMs = performance.now() + LOOK_GAP_MS;
    if (missed) poke();
    missed = false;
  }

  function release(orderId: string): void {
    for (const done of waiting.get(orderId) ?? []) done();
  }

  function endPolling(): void {
    if (poll !== null) clearInterval(poll);
    poll = null;
  }

  return {
    untilSettled,
    poke,
    stop: () => {
      for (const orderId of waiting.keys()) release(orderId);
    },
  };
}
