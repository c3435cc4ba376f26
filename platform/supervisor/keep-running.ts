import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';

export type ProcessPlan = {
  /** What it is called in front of its lines. */
  name: string;
  /** Arguments of Node. */
  args: readonly string[];
  env: Readonly<Record<string, string | undefined>>;
};

/** A process that is started again whenever it ends by itself. */
export type KeptProcess = {
  readonly name: string;
  /** At this moment; null while there is none. */
  pid(): number | null;
  /** How often it was started again. */
  restarts(): number;
  /** Ends it in order, and by force when it takes too long. It stays ended. */
  stop(): Promise<void>;
};

export type KeepOptions = {
  /** Takes a line that it wrote to its standard error. What it writes to standard output is for people who start it alone. */
  onLine: (line: string) => void;
  /** Told of what happens to it. */
  onChange: (change: { kind: 'started'; pid: number } | { kind: 'ended'; how: string; againInMs: number | null }) => void;
  firstPauseMs?: number;
};

const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 10_000;
/** One that has run for so long and then ends has nothing to do with how it ended before. */
const RUNS_WELL_AFTER_MS = 10_000;
/** Longer than a part needs to finish its requests, consumers and relays; see platform/lifecycle. */
const STOP_WITHIN_MS = 45_000;

/** Starts it, and again with growing pauses each time it ends. */
export function keepRunning({ name, args, env }: ProcessPlan, options: KeepOptions): KeptProcess {
  const { onLine, onChange, firstPauseMs = FIRST_PAUSE_MS } = options;
  const stopping = new AbortController();
  let child: ChildProcess | null = null;
  let starts = 0;
  const finished = run();

  async function run(): Promise<void> {
    for (let pauses = 0; !stopping.signal.aborted;) {
      const startedMs = performance.now();
      const how = await once();
      if (performance.now() - startedMs > RUNS_WELL_AFTER_MS) pauses = 0;
      const pauseMs = Math.min(LONGEST_PAUSE_MS, firstPauseMs * 2 ** pauses++);
      onChange({ kind: 'ended', how, againInMs: stopping.signal.aborted ? null : pauseMs });
      await delay(pauseMs, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
  }

  /** @returns how it ended */
  async function once(): Promise<string> {
    // In a group of its own: Ctrl-C in a terminal goes to whoever keeps it, which ends all in order.
    const started = spawn(process.execPath, args, {
      env,
      stdio: ['ignore', 'ignore', 'pipe'],
      detached: process.platform !== 'win32',
    });
    child = started;
    starts += 1;
    createInterface({ input: started.stderr }).on('line', onLine);
    const ended = new Promise<string>((resolve) => {
      started.once('exit', (code, signal) => resolve(signal === null ? `with ${code}` : `by ${signal}`));
      started.once('error', (error) => resolve(`before it began: ${error.message}`));
    });
    if (started.pid !== undefined) onChange({ kind: 'started', pid: started.pid });
    const how = await ended;
    child = null;
    return how;
  }

  return {
    name,
    pid: () => child?.pid ?? null,
    restarts: () => Math.max(0, starts - 1),
    stop: async () => {
      stopping.abort();
      child?.kill('SIGTERM');
      const late = setTimeout(() => child?.kill('SIGKILL'), STOP_WITHIN_MS);
      await finished;
      clearTimeout(late);
    },
  };
}
