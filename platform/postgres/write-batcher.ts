import { setImmediate as immediate, setTimeout as delay } from 'node:timers/promises';
import { ApiError } from '../http/api-error.ts';
import { IdempotencyRace } from '../idempotency/in-transaction.ts';
import { CommitOutcomeUnknown, isConnectionLost, isSerializationConflict } from './errors.ts';

export type WriteBatcherOptions<Command, Answer> = {
  /** For messages and metrics, e.g. `seating.writes`. */
  name: string;
  /**
   * Does a batch in one transaction and commits it; `answers[i]` belongs to `commands[i]`. A refusal is an answer: throwing fails
   * the transaction, and with it the neighbours.
   */
  run: (commands: readonly Command[]) => Promise<readonly Answer[]>;
  /** Commands with the same text never run at the same time, e.g. the id of the aggregate. Without it all share one lane. */
  laneKey?: (command: Command) => string;
  /** How many batches may be in flight at once. */
  lanes?: number;
  maxBatch?: number;
  /** Commands waiting in one lane; beyond it they are refused at once. Urgent ones are counted apart. */
  maxQueue?: number;
  /** What goes before all that waits, e.g. because it is paid for. */
  isUrgent?: (command: Command) => boolean;
  /** A command that has waited this long without being started is refused. */
  maxWaitMs?: number;
  /** Told of every batch after its commit. Must not throw. */
  onBatch?: (measure: { size: number; queued: number; elapsedMs: number }) => void;
};

type Waiting<Command, Answer> = {
  command: Command;
  deadlineMs: number;
  resolve: (answer: Answer) => void;
  reject: (error: unknown) => void;
};

export type WriteBatcher<Command, Answer> = {
  /**
   * Resolves once the command's batch is committed.
   * @throws ApiError `OVERLOADED` when the queue is full or the wait too long; `CommitOutcomeUnknown` when the connection was lost
   *   at commit, in which case nothing is run again.
   */
  submit: (command: Command) => Promise<Answer>;
  /** Commands that wait now, over all lanes. */
  queued: () => number;
  /** Finishes what was accepted and refuses the rest. */
  stop: () => Promise<void>;
};

const MAX_ATTEMPTS = 5;

/**
 * Group commit in the program: commands that arrive while a transaction is in flight go together in the next one. An idle batcher
 * starts at the end of the current turn of the event loop, so a lone command waits for nobody.
 */
export function createWriteBatcher<Command, Answer>(
  options: WriteBatcherOptions<Command, Answer>,
): WriteBatcher<Command, Answer> {
  const { name, run, laneKey, lanes = 1, isUrgent, maxBatch = 500, maxQueue = 5_000, maxWaitMs = 2_000, onBatch } = options;
  type Entry = Waiting<Command, Answer>;
  type Lane = { urgent: Entry[]; others: Entry[]; busy: boolean };
  const all: readonly Lane[] = Array.from({ length: lanes }, () => ({ urgent: [], others: [], busy: false }));
  let stopping = false;
  let onIdle: (() => void) | null = null;

  function submit(command: Command): Promise<Answer> {
    if (stopping) return Promise.reject(new ApiError('SERVICE_UNAVAILABLE', 'The service is stopping. Try again in a moment.'));
    const lane = all[laneKey ? hash(laneKey(command)) % lanes : 0];
    if (!lane) return Promise.reject(new Error(`${name} has no lanes`));
    const queue = isUrgent?.(command) === true ? lane.urgent : lane.others;
    if (queue.length >= maxQueue) return Promise.reject(overloaded(name));
    return new Promise<Answer>((resolve, reject) => {
      queue.push({ command, deadlineMs: performance.now() + maxWaitMs, resolve, reject });
      if (!lane.busy) start(lane);
    });
  }

  function start(lane: Lane): void {
    lane.busy = true;
    setImmediate(() => void drain(lane));
  }

  async function drain(lane: Lane): Promise<void> {
    const { urgent, others } = lane;
    const sweep = setInterval(() => refuseLate(lane), Math.max(10, maxWaitMs / 10));
    while (urgent.length + others.length > 0) {
      refuseLate(lane);
      const batch = urgent.splice(0, maxBatch);
      batch.push(...others.splice(0, maxBatch - batch.length));
      if (batch.length > 0) await settle(batch);
      // Whoever is answered last may have something more to ask.
      if (urgent.length + others.length === 0) await immediate();
    }
    clearInterval(sweep);
    lane.busy = false;
    if (!isBusy()) onIdle?.();
  }

  function isBusy(): boolean {
    return all.some((lane) => lane.busy);
  }

  function refuseLate({ urgent, others }: Lane): void {
    const nowMs = performance.now();
    for (const queue of [urgent, others]) {
      let late = 0;
      while (late < queue.length && (queue[late]?.deadlineMs ?? Infinity) <= nowMs) late++;
      for (const entry of queue.splice(0, late)) entry.reject(overloaded(name));
    }
  }

  async function settle(batch: readonly Entry[]): Promise<void> {
    const startedMs = performance.now();
    let answers: readonly Answer[];
    try {
      answers = await attempt(batch.map((entry) => entry.command));
    } catch (error) {
      if (batch.length === 1 || error instanceof CommitOutcomeUnknown || isConnectionLost(error)) {
        for (const entry of batch) entry.reject(error);
        return;
      }
      // One command broke the transaction for all: halve until it stands alone, so its neighbours still get their answers.
      const middle = batch.length >> 1;
      await settle(batch.slice(0, middle));
      await settle(batch.slice(middle));
      return;
    }
    // It is committed: from here on nothing may make it run again. The next batch is sent first, so that the database works on it
    // while these are answered, which takes as long.
    setImmediate(() => answer(batch, answers));
    onBatch?.({ size: batch.length, queued: queuedNow(), elapsedMs: performance.now() - startedMs });
  }

  function answer(batch: readonly Entry[], answers: readonly Answer[]): void {
    for (const [index, entry] of batch.entries()) {
      const own = answers[index];
      if (own === undefined) entry.reject(new Error(`${name}: ${answers.length} answers to ${batch.length} commands`));
      else entry.resolve(own);
    }
  }

  /** Runs again what certainly left nothing behind: a lost race between replicas, or a connection lost before COMMIT. */
  async function attempt(commands: readonly Command[]): Promise<readonly Answer[]> {
    for (let tried = 1; ; tried++) {
      try {
        return await run(commands);
      } catch (error) {
        const again = error instanceof IdempotencyRace || isSerializationConflict(error) || isConnectionLost(error);
        if (!again || tried >= MAX_ATTEMPTS) throw error;
        await delay(2 ** tried + Math.random() * 5);
      }
    }
  }

  function queuedNow(): number {
    return all.reduce((sum, { urgent, others }) => sum + urgent.length + others.length, 0);
  }

  async function stop(): Promise<void> {
    stopping = true;
    if (isBusy()) await new Promise<void>((resolve) => (onIdle = resolve));
  }

  return { submit, queued: queuedNow, stop };
}

function overloaded(name: string): ApiError {
  return new ApiError(
    'OVERLOADED',
    `More requests than can be worked on at the moment (${name}). Nothing was done. Try again in a second.`,
  );
}

/** FNV-1a, 32 bits (RFC 9923). */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) value = Math.imul(value ^ text.charCodeAt(index), 0x01000193);
  return value >>> 0;
}
