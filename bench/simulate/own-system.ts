import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Environment } from '../../platform/config/settings.ts';
import { StartupError } from '../../platform/config/startup-error.ts';
import { stopOrphan, stopServer } from '../../platform/postgres/embedded/postmaster-file.ts';

/** Onsale, as people start it, for one simulation: a process of its own with its own data. */
export type OwnSystem = {
  url: string;
  pid: number;
  /** With which tools find its databases. */
  environment: Environment;
  /** Stops it and removes its data. */
  remove(): Promise<void>;
};

const ONSALE = fileURLToPath(new URL('../../bin/onsale.ts', import.meta.url));
const FOLLOW_PARENT = new URL('../../scripts/bootstrap/follow-parent.mjs', import.meta.url).href;
const START_WITHIN_MS = 90_000;
const STOP_WITHIN_MS = 60_000;
const POLL_MS = 50;
const LOG_SHOWN_CHARS = 2_000;

/** Settings that a simulation changes: nothing else of what is measured. */
const SETTINGS = { PORT: '0', HOST: '127.0.0.1', ONSALE_DEMO: 'false', RATE_LIMIT_PER_MINUTE: '0', LOG_LEVEL: 'warn' };

/**
 * Starts the program with an embedded database in a temporary folder. `environment` is the caller's own, whose settings are passed on
 * except for those above and where the data are.
 *
 * @throws StartupError with what the program said when it does not start
 */
export async function startOwnSystem(environment: Environment, signal: AbortSignal): Promise<OwnSystem> {
  const folder = mkdtempSync(join(tmpdir(), 'onsale-simulation-'));
  const dataDir = join(folder, 'data');
  const logPath = join(folder, 'onsale.log');
  const own = { ...withoutDatabases(environment), ...SETTINGS, ONSALE_DATA_DIR: dataDir };
  const log = openSync(logPath, 'w');
  // A group of its own: Ctrl-C in the terminal is for the simulation, which stops the program when it is done with it.
  const child = spawn(process.execPath, ['--import', FOLLOW_PARENT, ONSALE, 'start'], {
    env: { ...own, BOOTSTRAP_PID: String(process.pid) },
    stdio: ['ignore', log, log],
    detached: process.platform !== 'win32',
  });
  closeSync(log);
  const exited = once(child, 'exit');
  const killAtExit = (): void => void child.kill('SIGTERM');
  process.once('exit', killAtExit);

  async function remove(): Promise<void> {
    const deadline = setTimeout(() => child.kill('SIGKILL'), STOP_WITHIN_MS);
    if (!hasEnded(child)) child.kill('SIGINT');
    await exited;
    clearTimeout(deadline);
    process.removeListener('exit', killAtExit);
    await stopOrphan(join(dataDir, 'postgres'), (pid) => stopServer(pid, { fastMs: 0 }));
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  }

  try {
    const url = await untilReady(child, logPath, signal);
    return { url, pid: child.pid ?? 0, environment: own, remove };
  } catch (error) {
    await remove();
    throw error;
  }
}

function withoutDatabases(environment: Environment): Record<string, string | undefined> {
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !name.endsWith('DATABASE_URL')));
}

async function untilReady(child: ChildProcess, logPath: string, signal: AbortSignal): Promise<string> {
  const deadlineMs = performance.now() + START_WITHIN_MS;
  while (performance.now() < deadlineMs && !hasEnded(child) && !signal.aborted) {
    const url = /http:\/\/localhost:\d+/.exec(readFileSync(logPath, 'utf8'))?.[0]?.replace('localhost', '127.0.0.1');
    if (url !== undefined && (await isReady(url))) return url;
    await delay(POLL_MS);
  }
  const said = readFileSync(logPath, 'utf8').slice(-LOG_SHOWN_CHARS);
  throw new StartupError(
    signal.aborted ? 'Stopped before it began.' : `The system to be simulated did not start. It said:\n${said}`,
  );
}

async function isReady(url: string): Promise<boolean> {
  try {
    return (await fetch(`${url}/health/ready`)).ok;
  } catch {
    return false;
  }
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}
