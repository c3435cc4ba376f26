import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Environment } from '../../platform/config/settings.ts';
import { readPostmasterFile, stopOrphan, stopServer } from '../../platform/postgres/embedded/postmaster-file.ts';

export type SpawnedSystem = {
  pid: number;
  url: string;
  dataDir: string;
  /** Process id of its PostgreSQL server at this moment. */
  postgresPid(): number;
  /** What it has written so far, to standard output and error. */
  output(): string;
  /** As Ctrl-C. @returns the exit code */
  stop(): Promise<number | null>;
  /** As a power cut for the program; its PostgreSQL server goes on alone. */
  kill9(): Promise<void>;
  /** Ends the program if it still runs and removes the data directory, unless that was given. */
  remove(): Promise<void>;
};

const ONSALE = fileURLToPath(new URL('../../bin/onsale.ts', import.meta.url));
const START_WITHIN_MS = 60_000;
/** Where Node keeps compiled code by default; a program that ends in order leaves it for the next, which then starts in half the time. */
export const COMPILE_CACHE = join(tmpdir(), 'node-compile-cache');

const SETTINGS = {
  PORT: '0',
  ONSALE_DEMO: 'false',
  RATE_LIMIT_PER_MINUTE: '0',
  PAYMENT_LATENCY_MS: '0',
  PAYMENT_SUCCESS_RATE: '1',
  LOG_LEVEL: 'warn',
};

/**
 * The program as people start it: a process of its own with an embedded PostgreSQL. Resolves when it is ready. `dataDir`: go on
 * with the data of an earlier one.
 */
export async function spawnSystem(options: { settings?: Environment; dataDir?: string } = {}): Promise<SpawnedSystem> {
  const dataDir = options.dataDir ?? makeDataDir();
  const env = {
    PATH: process.env['PATH'],
    HOME: process.env['HOME'],
    NODE_COMPILE_CACHE: COMPILE_CACHE,
    ...SETTINGS,
    ONSALE_DATA_DIR: dataDir,
    ...options.settings,
  };
  const child = spawn(process.execPath, [ONSALE, 'start'], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const said = { text: '' };
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => (said.text += String(data)));
  const exited = once(child, 'exit');
  const end = async (signal: NodeJS.Signals): Promise<number | null> => {
    if (child.exitCode === null && child.signalCode === null) child.kill(signal);
    await exited;
    return child.exitCode;
  };
  const remove = async (): Promise<void> => {
    await end('SIGKILL');
    // A directory that was given may be in use by another program, whose server this would be.
    if (options.dataDir === undefined) await removeDataDir(dataDir);
  };
  try {
    const url = await untilReady(child, said);
    return {
      pid: child.pid ?? 0,
      url,
      dataDir,
      postgresPid: () => readPostmasterFile(join(dataDir, 'postgres'))?.pid ?? 0,
      output: () => said.text,
      stop: () => end('SIGINT'),
      kill9: async () => void (await end('SIGKILL')),
      remove,
    };
  } catch (error) {
    await remove();
    throw error;
  }
}

/** Starts programs, one after the other, on one data directory: making that is what takes longest. */
export function programsInTurn() {
  const dataDir = makeDataDir();
  const running: SpawnedSystem[] = [];
  return {
    dataDir,
    start: async (): Promise<SpawnedSystem> => {
      const system = await spawnSystem({ dataDir });
      running.push(system);
      return system;
    },
    /** To be done after each test. */
    endAll: async (): Promise<void> => {
      for (const system of running.splice(0)) await system.remove();
    },
    removeData: () => removeDataDir(dataDir),
  };
}

/** A data directory for several programs, one after the other. */
export function makeDataDir(): string {
  // The prefix is what the test server's setup looks for, so that even a killed run leaves nothing for long.
  return mkdtempSync(join(tmpdir(), `onsale-test-${process.pid}-`));
}

export async function removeDataDir(dataDir: string): Promise<void> {
  await stopOrphan(join(dataDir, 'postgres'), (pid) => stopServer(pid, { fastMs: 0 }));
  rmSync(dataDir, { recursive: true, force: true, maxRetries: 5 });
}

async function untilReady(child: ChildProcess, said: { text: string }): Promise<string> {
  const deadlineMs = performance.now() + START_WITHIN_MS;
  while (performance.now() < deadlineMs) {
    if (child.exitCode !== null || child.signalCode !== null)
      throw new Error(`onsale ended with ${child.exitCode}:\n${said.text}`);
    const url = /http:\/\/localhost:\d+/.exec(said.text)?.[0]?.replace('localhost', '127.0.0.1');
    if (url !== undefined && (await isReady(url))) return url;
    await delay(20);
  }
  throw new Error(`onsale was not ready within ${START_WITHIN_MS} ms:\n${said.text}`);
}

async function isReady(url: string): Promise<boolean> {
  try {
    return (await fetch(`${url}/health/ready`)).ok;
  } catch {
    return false;
  }
}
