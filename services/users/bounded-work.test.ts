import { describe, expect, it } from 'vitest';
import { ApiError } from '../../platform/http/api-error.ts';
import { createBoundedWork } from './bounded-work.ts';

/** Work that ends when it is told to. */
function heldWork() {
  const held: (() => void)[] = [];
  let most = 0;
  const work = async (): Promise<void> => {
    const turn = Promise.withResolvers<void>();
    most = Math.max(most, held.push(turn.resolve));
    await turn.promise;
  };
  return { work, started: () => held.length, most: () => most, endOne: () => held.shift()?.() };
}

const options = { name: 'a test', concurrency: 2, maxQueue: 3, retryAfterSeconds: 7 };
const settle = () => new Promise((resolve) => setImmediate(resolve));

describe('bounded work', () => {
  it('runs as many at once as it may and refuses beyond its queue without starting the work', async () => {
    const run = createBoundedWork(options);
    const { work, started, endOne, most } = heldWork();
    const accepted = Array.from({ length: 5 }, () => run(work));
    const refused = await run(work).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(ApiError);
    expect(refused).toMatchObject({ code: 'OVERLOADED', retryAfterSeconds: 7 });
    expect(started()).toBe(2);
    for (let i = 0; i < 5; i++) {
      endOne();
      await settle();
    }
    await Promise.all(accepted);
    expect(most()).toBe(2);
  });

  it('gives its place on after work that fails', async () => {
    const run = createBoundedWork({ ...options, concurrency: 1 });
    const failing = run(() => Promise.reject(new Error('no')));
    const next = run(() => Promise.resolve('yes'));
    await expect(failing).rejects.toThrow('no');
    await expect(next).resolves.toBe('yes');
  });
});
