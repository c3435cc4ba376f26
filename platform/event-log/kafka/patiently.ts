import { setTimeout as delay } from 'node:timers/promises';
import { backoffMs } from '../backoff.ts';

const BACKOFF_FIRST_MS = 100;
const BACKOFF_MAX_MS = 2_000;

/** Tries until it works or the time is up; then fails as the last try did. For what is done once, at the start. */
export async function patiently<T>(withinMs: number, work: () => Promise<T>, onFailure?: (error: unknown) => void): Promise<T> {
  const deadlineMs = performance.now() + withinMs;
  for (let failures = 1; ; failures++) {
    try {
      return await work();
    } catch (error) {
      if (performance.now() > deadlineMs) throw error;
      onFailure?.(error);
      await delay(backoffMs(failures, BACKOFF_FIRST_MS, BACKOFF_MAX_MS));
    }
  }
}
