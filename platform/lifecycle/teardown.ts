import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from 'pino';

/** What has to be undone at the end, in the reverse of the order in which it was done. */
export type Teardown = {
  /** `timeoutMs` bounds the step; the next ones come all the same. */
  add(name: string, step: () => Promise<unknown>, timeoutMs?: number): void;
  /** Runs every step once, also when one fails; the same promise to everyone who asks. */
  run(): Promise<void>;
};

const STEP_TIMEOUT_MS = 10_000;

export function createTeardown(logger: Logger): Teardown {
  const steps: { name: string; step: () => Promise<unknown>; timeoutMs: number }[] = [];
  let running: Promise<void> | null = null;
  const runAll = async (): Promise<void> => {
    for (const { name, step, timeoutMs } of steps.splice(0).toReversed()) {
      const startedMs = performance.now();
      try {
        await within(timeoutMs, step());
        logger.debug({ step: name, ms: Math.round(performance.now() - startedMs) }, 'stopped');
      } catch (error) {
        logger.error({ err: error, step: name }, 'could not be stopped in order');
      }
    }
  };
  return {
    add: (name, step, timeoutMs = STEP_TIMEOUT_MS) => void steps.push({ name, step, timeoutMs }),
    run: () => (running ??= runAll()),
  };
}

async function within(timeoutMs: number, work: Promise<unknown>): Promise<void> {
  const done = new AbortController();
  const late = delay(timeoutMs, undefined, { signal: done.signal }).then(() => {
    throw new Error(`took longer than ${timeoutMs} ms`);
  });
  // When the work is first, the timer is aborted and that rejection is nobody's business.
  late.catch(() => undefined);
  try {
    await Promise.race([work, late]);
  } finally {
    done.abort();
  }
}

/**
 * Like `Promise.all`, but fails only when nothing of it runs any more: what is still starting would add steps to a teardown that
 * is over.
 */
export async function allSettled<const Work extends readonly Promise<unknown>[]>(
  work: Work,
): Promise<{ -readonly [K in keyof Work]: Awaited<Work[K]> }> {
  await Promise.allSettled(work);
  return Promise.all(work);
}
