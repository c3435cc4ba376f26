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

/** All who wait are served by one query at a time, however many they are. */
export function createOrderWaiters(database: Database): OrderWaiters {
  const waiting = new Map<string, Set<() => void>>();
  let count = 0;
  let poll: NodeJS.Timeout | null = null;
  let looking = false;
  let lookAgain = false;

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
    if (count === 0) return;
    if (looking) lookAgain = true;
    else void look();
  }

  async function look(): Promise<void> {
    looking = true;
    do {
      lookAgain = false;
      try {
        const statuses = await readStatuses(database, [...waiting.keys()]);
        for (const [orderId, status] of statuses) if (isSettled(status)) release(orderId);
      } catch {
        // The database is away for a moment: the next look or the timeout ends the wait.
      }
    } while (lookAgain && count > 0);
    looking = false;
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
