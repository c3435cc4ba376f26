import { readFileSync, renameSync, rmSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { StartupError } from '../../config/startup-error.ts';
import { processStart } from './process-identity.ts';

type Holder = { pid: number; start: string };

const ATTEMPTS = 20;
const HALF_WRITTEN_WAIT_MS = 25;

/**
 * Makes this process the only one that uses the data directory. A lock left by a process that is gone is taken over.
 *
 * @returns gives the lock back
 * @throws StartupError naming the process that holds it
 */
export async function lockDirectory(directory: string): Promise<() => void> {
  const path = join(directory, 'onsale.lock');
  const mine = JSON.stringify({ pid: process.pid, start: processStart(process.pid) ?? '' } satisfies Holder);
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    if (create(path, mine)) return () => removeIfMine(path, mine);
    const seen = read(path);
    if (seen === null) continue;
    const holder = parse(seen);
    if (holder !== null && processStart(holder.pid) === holder.start) throw inUse(directory, holder.pid);
    // Unreadable: another process may be just writing it; give it the time before calling it a leftover.
    if (holder === null && attempt < ATTEMPTS / 2) await delay(HALF_WRITTEN_WAIT_MS);
    else removeStale(path, seen);
  }
  throw new StartupError(
    `The lock ${path} changes hands all the time: several programs are being started on this data directory at once.`,
  );
}

function inUse(directory: string, pid: number): StartupError {
  const self = pid === process.pid ? 'this very process' : `process ${pid}`;
  return new StartupError(
    `The data directory ${directory} is in use by another Onsale (${self}). Stop that one first, or give this one a directory of its own with ONSALE_DATA_DIR.`,
  );
}

function create(path: string, content: string): boolean {
  try {
    writeFileSync(path, content, { flag: 'wx', mode: 0o600 });
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  }
}

/** Moves the leftover aside first and looks again: what was moved may be the fresh lock of a process that was faster. */
function removeStale(path: string, seen: string): void {
  const aside = `${path}.${process.pid}`;
  try {
    renameSync(path, aside);
  } catch {
    return;
  }
  const moved = read(aside);
  if (moved !== null && moved !== seen) create(path, moved);
  rmSync(aside, { force: true });
}

function removeIfMine(path: string, mine: string): void {
  if (read(path) === mine) unlinkSync(path);
}

function read(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}

function parse(content: string): Holder | null {
  try {
    const holder: unknown = JSON.parse(content);
    if (typeof holder !== 'object' || holder === null || !('pid' in holder) || !('start' in holder)) return null;
    return typeof holder.pid === 'number' && typeof holder.start === 'string' ? { pid: holder.pid, start: holder.start } : null;
  } catch {
    return null;
  }
}
