import { ApiError } from '../../platform/http/api-error.ts';

export type BoundedWorkOptions = {
  /** For the message of a refusal. */
  name: string;
  concurrency: number;
  /** Waiting beyond those at work; more are refused at once. */
  maxQueue: number;
  /** What a refused caller is told to wait. */
  retryAfterSeconds: number;
};

/** Runs costly work a few at a time, first come first served. Beyond its queue it throws `OVERLOADED` without starting the work. */
export type BoundedWork = <T>(work: () => Promise<T>) => Promise<T>;

export function createBoundedWork({ name, concurrency, maxQueue, retryAfterSeconds }: BoundedWorkOptions): BoundedWork {
  const waiting: (() => void)[] = [];
  let running = 0;

  async function turn(): Promise<void> {
    if (running < concurrency) {
      running += 1;
      return;
    }
    if (waiting.length >= maxQueue) {
      throw new ApiError(
        'OVERLOADED',
        `Too many requests wait for ${name}. Nothing was done; try again in a moment.`,
        {},
        retryAfterSeconds,
      );
    }
    // Who is woken takes over the place of who ended, so nobody new slips in between.
    await new Promise<void>((resolve) => waiting.push(resolve));
  }

  function leave(): void {
    const next = waiting.shift();
    if (next === undefined) running -= 1;
    else next();
  }

  return async (work) => {
    await turn();
    try {
      return await work();
    } finally {
      leave();
    }
  };
}
