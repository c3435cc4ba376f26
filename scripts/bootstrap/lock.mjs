import { mkdirSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

const HEARTBEAT_MS = 1_000;
/** A holder that was not heard of for so long is gone; sooner when there is no process of its id. */
const STALE_AFTER_MS = 20_000;
const STALE_WITHOUT_PROCESS_MS = 3 * HEARTBEAT_MS;
const POLL_MS = 200;
const GIVE_UP_AFTER_MS = 15 * 60_000;

/**
 * Lets one start at a time install and build; the others wait and then find everything there.
 *
 * @template T
 * @param {string} root
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function withLock(root, work) {
  const folder = join(root, '.cache');
  mkdirSync(folder, { recursive: true });
  const path = join(folder, 'bootstrap.lock');
  await take(path);
  const heartbeat = setInterval(() => touch(path), HEARTBEAT_MS);
  try {
    return await work();
  } finally {
    clearInterval(heartbeat);
    if (holder(path) === String(process.pid)) rmSync(path, { force: true });
  }
}

async function take(path) {
  const deadlineMs = Date.now() + GIVE_UP_AFTER_MS;
  let told = false;
  while (!create(path)) {
    if (isStale(path)) removeStale(path);
    else if (Date.now() > deadlineMs)
      throw new Error(
        `another start (process ${holder(path)}) has been installing for too long. If it is stuck, end it and start again.`,
      );
    else {
      if (!told) process.stderr.write(`Onsale: waiting for another start that is installing (process ${holder(path)})\n`);
      told = true;
      await delay(POLL_MS);
    }
  }
}

function create(path) {
  try {
    writeFileSync(path, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw error;
  }
}

/** By renaming, so that of several waiting only one removes it; then it is looked at again, as it may be a fresh one. */
function removeStale(path) {
  const aside = `${path}.${process.pid}`;
  try {
    renameSync(path, aside);
    if (!isStale(aside)) renameSync(aside, path);
    else rmSync(aside, { force: true });
  } catch {
    // Another one that waits was faster.
  }
}

function isStale(path) {
  return ageMs(path) > (isRunning(Number(holder(path))) ? STALE_AFTER_MS : STALE_WITHOUT_PROCESS_MS);
}

function isRunning(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code !== 'ESRCH';
  }
}

function ageMs(path) {
  try {
    return Date.now() - statSync(path).mtimeMs;
  } catch {
    return 0;
  }
}

function touch(path) {
  try {
    utimesSync(path, new Date(), new Date());
  } catch {
    // Taken away as stale while this machine slept; the work goes on, as npm itself is safe to be run twice.
  }
}

function holder(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return 'unknown';
  }
}
