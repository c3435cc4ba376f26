import { randomBytes } from 'node:crypto';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { loadSettings, type Environment, type Settings } from '../../platform/config/settings.ts';
import { readPostmasterFile, stopOrphan, stopServer } from '../../platform/postgres/embedded/postmaster-file.ts';

/** The program under measurement: a process of its own, durable as in production. */
export type MeasuredSystem = {
  url: string;
  pid: number;
  /** Of the embedded server; null when the system uses another. */
  postgresPid(): number | null;
  settings: Settings;
  stop(): Promise<void>;
};

const ONSALE = fileURLToPath(new URL('../../bin/onsale.ts', import.meta.url));
/** Stops the program when this process is gone, however it ended. */
const FOLLOW_PARENT = new URL('../../scripts/bootstrap/follow-parent.mjs', import.meta.url).href;
const READY_WITHIN_MS = 60_000;
const STOP_WITHIN_MS = 30_000;
const POLL_MS = 20;
const ANSWER_TIMEOUT_MS = 5_000;

/** What a run sets, all of it shown in its report. Everything else is as it comes. */
export const MEASURED_SETTINGS = {
  PORT: '0',
  ONSALE_DEMO: 'false',
  LOG_LEVEL: 'warn',
  // The generator's users share the minute; the limit of tickets per user, which is the sale's, stays.
  RATE_LIMIT_PER_MINUTE: '0',
  PAYMENT_LATENCY_MS: '0',
  PAYMENT_SUCCESS_RATE: '1',
} as const;

export function newSecrets(): Environment {
  const secret = () => randomBytes(32).toString('base64url');
  return { JWT_SECRET: secret(), INTERNAL_SECRET: secret() };
}

/**
 * Starts the program as `onsale <command>` and waits until it is ready. It ends when this process does.
 *
 * @param environment all of its settings
 */
export async function startMeasured(command: 'start' | 'bench-system', environment: Environment): Promise<MeasuredSystem> {
  const settings = loadSettings(environment);
  const { embedded, dataDir } = settings.database;
  const env = { PATH: process.env['PATH'], HOME: process.env['HOME'], BOOTSTRAP_PID: String(process.pid), ...environment };
  const child = spawn(process.execPath, ['--import', FOLLOW_PARENT, ONSALE, command], {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
    // A group of its own: Ctrl-C in the terminal is for this process, which stops the program when it is done with it.
    detached: process.platform !== 'win32',
  });
  const said = { text: '' };
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (data) => (said.text = (said.text + String(data)).slice(-20_000)));
  const postgresData = join(dataDir, 'postgres');
  const stop = async (): Promise<void> => {
    await end(child);
    if (embedded) await stopOrphan(postgresData, (pid) => stopServer(pid, { fastMs: 0 }));
  };
  try {
    return {
      url: await untilReady(child, said),
      pid: child.pid ?? 0,
      postgresPid: () => (embedded ? (readPostmasterFile(postgresData)?.pid ?? null) : null),
      settings,
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGINT');
  const late = setTimeout(() => child.kill('SIGKILL'), STOP_WITHIN_MS);
  await exited;
  clearTimeout(late);
}

async function untilReady(child: ChildProcess, said: { text: string }): Promise<string> {
  const deadlineMs = performance.now() + READY_WITHIN_MS;
  while (performance.now() < deadlineMs) {
    if (child.exitCode !== null || child.signalCode !== null)
      throw new Error(`onsale ended with ${child.exitCode}:\n${said.text}`);
    const url = /http:\/\/localhost:\d+/.exec(said.text)?.[0]?.replace('localhost', '127.0.0.1');
    if (url !== undefined && (await answers(`${url}/health/ready`))) return url;
    await delay(POLL_MS);
  }
  throw new Error(`onsale was not ready within ${READY_WITHIN_MS} ms:\n${said.text}`);
}

/** Whether it answers with 2xx. */
export async function answers(url: string): Promise<boolean> {
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS) });
    await answer.arrayBuffer();
    return answer.ok;
  } catch {
    return false;
  }
}
