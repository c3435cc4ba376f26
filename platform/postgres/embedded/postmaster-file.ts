import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { StartupError } from '../../config/startup-error.ts';
import { isPostgresOf, processStart } from './process-identity.ts';

export type Postmaster = { pid: number; port: number; ready: boolean };

const POLL_MS = 10;

/** What a running server wrote into its data directory: line 1 its process id, line 4 its port, line 8 its state (pidfile.h). */
export function readPostmasterFile(pgData: string): Postmaster | null {
  try {
    const lines = readFileSync(join(pgData, 'postmaster.pid'), 'utf8').split('\n');
    const [pid, port] = [Number(lines[0]), Number(lines[3])];
    return Number.isSafeInteger(pid) && pid > 0 ? { pid, port, ready: lines[7]?.trim() === 'ready' } : null;
  } catch {
    return null;
  }
}

/**
 * Stops a server that outlived the program which started it (kill -9 leaves it running), so that this program can start its own.
 *
 * @returns its process id; null when there was none
 */
export async function stopOrphan(pgData: string, stop: (pid: number) => Promise<void>): Promise<number | null> {
  const left = readPostmasterFile(pgData);
  if (left === null) return null;
  if (!isPostgresOf(left.pid, pgData)) {
    // The id now belongs to some other process, or to none. PostgreSQL itself could take the former for the server and refuse.
    rmSync(join(pgData, 'postmaster.pid'), { force: true });
    return null;
  }
  await stop(left.pid);
  return left.pid;
}

/**
 * Ends a server: fast shutdown (clients are cut off, data are written out), then immediate (the next start recovers from the log),
 * then kill. On Windows, which has no signals, the first already ends it at once, and the next start recovers from the log.
 */
export async function stopServer(pid: number, { fastMs = 20_000, immediateMs = 5_000 } = {}): Promise<void> {
  if (await endsAfter(pid, 'SIGINT', fastMs)) return;
  if (await endsAfter(pid, 'SIGQUIT', immediateMs)) return;
  if (await endsAfter(pid, 'SIGKILL', immediateMs)) return;
  throw new StartupError(`The PostgreSQL server (process ${pid}) cannot be stopped.`);
}

async function endsAfter(pid: number, signal: NodeJS.Signals, withinMs: number): Promise<boolean> {
  const start = processStart(pid);
  try {
    process.kill(pid, signal);
  } catch {
    return true;
  }
  const deadline = performance.now() + withinMs;
  while (performance.now() < deadline) {
    if (processStart(pid) !== start || start === null) return true;
    await delay(POLL_MS);
  }
  return false;
}
