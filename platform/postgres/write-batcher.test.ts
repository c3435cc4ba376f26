import { DatabaseError } from 'pg';
import { describe, expect, it } from 'vitest';
import { ApiError } from '../http/api-error.ts';
import { CommitOutcomeUnknown } from './errors.ts';
import { createWriteBatcher } from './write-batcher.ts';

/** A transaction that ends when the test says so. */
function heldBack<Command>() {
  const batches: Command[][] = [];
  const ends: (() => void)[] = [];
  return {
    batches,
    run: (commands: readonly Command[]) =>
      new Promise<Command[]>((resolve) => {
        batches.push([...commands]);
        ends.push(() => resolve([...commands]));
      }),
    end: () => ends.shift()?.(),
    started: async (count: number) => {
      while (batches.length < count) await new Promise((resolve) => setImmediate(resolve));
    },
  };
}

function sqlError(code: string): DatabaseError {
  return Object.assign(new DatabaseError('failed', 0, 'error'), { code });
}

describe('a write batcher', () => {
  it('runs a lone command by itself, and what came meanwhile together in the next batch', async () => {
    const held = heldBack<number>();
    const batcher = createWriteBatcher<number, number>({ name: 'test', run: held.run });
    const first = batcher.submit(1);
    await held.started(1);
    const rest = [2, 3, 4].map((command) => batcher.submit(command));
    held.end();
    await held.started(2);
    held.end();
    expect(await Promise.all([first, ...rest])).toEqual([1, 2, 3, 4]);
    expect(held.batches).toEqual([[1], [2, 3, 4]]);
  });

  it('never makes a batch larger than its bound', async () => {
    const sizes: number[] = [];
    const batcher = createWriteBatcher<number, number>({
      name: 'test',
      maxBatch: 4,
      run: async (commands) => (sizes.push(commands.length), commands),
    });
    await Promise.all(Array.from({ length: 10 }, (_, index) => batcher.submit(index)));
    expect(sizes).toEqual([4, 4, 2]);
  });

  it('runs lanes side by side and one lane in order', async () => {
    const held = heldBack<string>();
    const batcher = createWriteBatcher<string, string>({ name: 'test', lanes: 2, laneKey: (command) => command, run: held.run });
    const a = batcher.submit('a');
    const b = batcher.submit('b');
    await held.started(2);
    const again = batcher.submit('a');
    expect(held.batches).toHaveLength(2);
    held.end();
    held.end();
    await Promise.all([a, b]);
    await held.started(3);
    held.end();
    expect(await again).toBe('a');
  });

  it('refuses at once when its queue is full, and what waited too long', async () => {
    const held = heldBack<number>();
    const batcher = createWriteBatcher<number, number>({ name: 'test', run: held.run, maxQueue: 2, maxWaitMs: 30 });
    const running = batcher.submit(0);
    await held.started(1);
    const waiting = [batcher.submit(1), batcher.submit(2)];
    await expect(batcher.submit(3)).rejects.toMatchObject({ code: 'OVERLOADED', retryAfterSeconds: 1 });
    for (const late of waiting) await expect(late).rejects.toBeInstanceOf(ApiError);
    held.end();
    expect(await running).toBe(0);
    expect(held.batches).toEqual([[0]]);
  });

  it('takes what is urgent first, also when there is no room for anything else', async () => {
    const held = heldBack<string>();
    const isUrgent = (command: string) => command.endsWith('!');
    const batcher = createWriteBatcher<string, string>({ name: 'test', run: held.run, isUrgent, maxBatch: 3, maxQueue: 2 });
    const first = batcher.submit('running');
    await held.started(1);
    const waiting = ['a', 'b', 'paid!', 'paid too!'].map((command) => batcher.submit(command));
    await expect(batcher.submit('c')).rejects.toMatchObject({ code: 'OVERLOADED' });
    await expect(batcher.submit('one too many!')).rejects.toMatchObject({ code: 'OVERLOADED' });
    expect(batcher.queued()).toBe(4);
    for (const batch of [1, 2, 3]) {
      await held.started(batch);
      held.end();
    }
    await Promise.all([first, ...waiting]);
    expect(held.batches).toEqual([['running'], ['paid!', 'paid too!', 'a'], ['b']]);
  });

  it('lets one bad command fail alone', async () => {
    const done: number[] = [];
    const batcher = createWriteBatcher<number, number>({
      name: 'test',
      async run(commands) {
        if (commands.includes(5)) throw sqlError('23514');
        done.push(...commands);
        return commands;
      },
    });
    const outcomes = await Promise.allSettled(Array.from({ length: 8 }, (_, index) => batcher.submit(index)));
    expect(outcomes.map((outcome) => outcome.status)).toEqual(
      Array.from({ length: 8 }, (_, index) => (index === 5 ? 'rejected' : 'fulfilled')),
    );
    expect(done).toEqual([0, 1, 2, 3, 4, 6, 7]);
  });

  it.each(['40001', '40P01', '57P01'])('runs a batch again after SQLSTATE %s, which left nothing behind', async (code) => {
    let runs = 0;
    const batcher = createWriteBatcher<number, number>({
      name: 'test',
      run: (commands) => (++runs === 1 ? Promise.reject(sqlError(code)) : Promise.resolve(commands)),
    });
    expect(await batcher.submit(1)).toBe(1);
    expect(runs).toBe(2);
  });

  it('never runs a batch again whose commit may have happened', async () => {
    let runs = 0;
    const batcher = createWriteBatcher<number, number>({
      name: 'test',
      run: () => (runs++, Promise.reject(new CommitOutcomeUnknown(new Error('gone')))),
    });
    const outcomes = await Promise.allSettled([batcher.submit(1), batcher.submit(2)]);
    expect(outcomes.map((outcome) => outcome.status === 'rejected' && outcome.reason)).toEqual([
      expect.any(CommitOutcomeUnknown),
      expect.any(CommitOutcomeUnknown),
    ]);
    expect(runs).toBe(1);
  });

  it('never runs again what is committed, also when an answer is missing', async () => {
    let runs = 0;
    const batcher = createWriteBatcher<number, number>({ name: 'test', run: () => (runs++, Promise.resolve([7])) });
    const outcomes = await Promise.allSettled([batcher.submit(1), batcher.submit(2)]);
    expect(outcomes.map((outcome) => outcome.status)).toEqual(['fulfilled', 'rejected']);
    expect(runs).toBe(1);
  });

  it('gives up on a server that stays away', async () => {
    let runs = 0;
    const batcher = createWriteBatcher<number, number>({ name: 'test', run: () => (runs++, Promise.reject(sqlError('57P03'))) });
    await expect(batcher.submit(1)).rejects.toMatchObject({ code: '57P03' });
    expect(runs).toBe(5);
  });

  it('finishes what it accepted when it stops, and takes nothing more', async () => {
    const held = heldBack<number>();
    const batcher = createWriteBatcher<number, number>({ name: 'test', run: held.run });
    const first = batcher.submit(1);
    await held.started(1);
    const second = batcher.submit(2);
    const stopped = batcher.stop();
    await expect(batcher.submit(3)).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE' });
    held.end();
    await held.started(2);
    held.end();
    await stopped;
    expect(await Promise.all([first, second])).toEqual([1, 2]);
  });
});
