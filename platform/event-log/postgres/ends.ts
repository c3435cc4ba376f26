import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { Topic } from '../../../contracts/events/domain-event.ts';
import { sql, type Database } from '../../postgres/database.ts';
import { createWakeUp } from '../wake-up.ts';

const readEnds = sql('log.read_ends', 'SELECT name AS topic, next_offset AS end FROM topic');

const POLL_MS = 250;
/** However often other processes announce records, the ends are not asked for more often than this. */
const ASK_PAUSE_MS = 5;

/** Where the topics end, as far as this process knows: one reader asks for all groups and tails, and wakes those that are behind. */
export type Ends = {
  /** What this process itself appended is known at once. */
  advance(topic: Topic, end: number): void;
  /** Other processes may have appended: ask soon. */
  refresh(): void;
  /** Resolves when the topic has come past this offset, with where it ends, or when the signal is aborted. */
  passed(topic: Topic, offset: number, signal: AbortSignal): Promise<number>;
  /** Asks the database where the topic ends. */
  read(topic: Topic): Promise<number>;
  close(): Promise<void>;
};

export function createEnds(database: Database, logger: Logger): Ends {
  const known = new Map<string, number>();
  const waiting = new Set<{ topic: Topic; offset: number; go: () => void }>();
  const bell = createWakeUp();
  let closing = false;
  const polling = poll();

  async function poll(): Promise<void> {
    let away = false;
    while (!closing) {
      await bell.wait(POLL_MS);
      if (closing) return;
      if (waiting.size === 0) continue;
      const pause = delay(ASK_PAUSE_MS);
      try {
        await ask();
        if (away) logger.info('The event log answers again.');
        away = false;
      } catch (error) {
        if (!away) logger.warn({ err: error }, 'The event log does not answer; consumers and live views wait for it.');
        away = true;
      }
      await pause;
    }
  }

  async function ask(): Promise<void> {
    for (const { topic, end } of await database.rows<{ topic: Topic; end: string }>(readEnds)) advance(topic, Number(end));
  }

  function advance(topic: Topic, end: number): void {
    if (end <= (known.get(topic) ?? -1)) return;
    known.set(topic, end);
    for (const waiter of waiting) {
      if (waiter.topic === topic && waiter.offset < end) waiter.go();
    }
  }

  async function passed(topic: Topic, offset: number, signal: AbortSignal): Promise<number> {
    const end = known.get(topic);
    if (end === undefined) bell.ring();
    else if (offset < end || signal.aborted) return end;
    const { promise, resolve } = Promise.withResolvers<void>();
    const go = (): void => resolve();
    const waiter = { topic, offset, go };
    waiting.add(waiter);
    signal.addEventListener('abort', go);
    await promise;
    signal.removeEventListener('abort', go);
    waiting.delete(waiter);
    return known.get(topic) ?? 0;
  }

  async function read(topic: Topic): Promise<number> {
    await ask();
    return known.get(topic) ?? 0;
  }

  async function close(): Promise<void> {
    closing = true;
    bell.ring();
    await polling;
  }

  return { advance, refresh: bell.ring, passed, read, close };
}
