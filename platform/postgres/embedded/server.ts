import { closeSync, openSync, readFileSync, renameSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import type { ChildProcess } from 'node:child_process';
import pg from 'pg';
import { StartupError } from '../../config/startup-error.ts';
import { isConnectionLost, isSqlState } from '../errors.ts';
import type { Binaries } from './binaries.ts';
import { DATABASE_USER } from './data-directory.ts';
import type { DataDirectory } from './data-directory.ts';
import { cannotRun, explainFailure, startProgram } from './programs.ts';
import { readPostmasterFile } from './postmaster-file.ts';
import { serverArguments } from './server-settings.ts';

export type RunningServer = { pid: number; port: number; exited: Promise<void> };

export type LaunchOptions = { directory: DataDirectory; binaries: Binaries; password: string; durable: boolean };

const LOG_LIMIT_BYTES = 5_000_000;
/** Recovery after a crash reads the log since the last checkpoint, which takes its time. */
const READY_WITHIN_MS = 180_000;
const POLL_MS = 10;
const ATTEMPTS = 40;
const RETRY_AFTER_MS = 100;

const PORT_TAKEN = /could not bind|Address already in use|could not create any TCP\/IP sockets/;
/** Sessions of a server that was killed need a moment to notice and go; until then the directory still counts as used. */
const SESSIONS_LEFT = /pre-existing shared memory block|lock file "postmaster\.pid" already exists/;

/**
 * Starts a server and waits until it answers.
 *
 * @param choosePort asked again when the port turns out to be taken; a restart, whose address is known to others, names the same
 */
export async function launchServer(options: LaunchOptions, choosePort: () => Promise<number> = freePort): Promise<RunningServer> {
  rotateLog(options.directory.logFile);
  for (let attempt = 1; ; attempt++) {
    const outcome = await tryLaunch(options, await choosePort());
    if ('server' in outcome) return outcome.server;
    // Between finding a free port and taking it another program may have taken it.
    const again = PORT_TAKEN.test(outcome.log) || SESSIONS_LEFT.test(outcome.log);
    if (!again || attempt >= ATTEMPTS) throw explainFailure(options.binaries.postgres, outcome.log);
    await delay(RETRY_AFTER_MS);
  }
}

async function tryLaunch(options: LaunchOptions, port: number): Promise<{ server: RunningServer } | { log: string }> {
  const { directory, binaries, password, durable } = options;
  const logFrom = sizeOf(directory.logFile);
  const log = openSync(directory.logFile, 'a', 0o600);
  const child = startProgram(binaries, binaries.postgres, serverArguments(directory.pgData, { port, durable }), [
    'ignore',
    log,
    log,
  ]);
  closeSync(log);
  child.unref();
  const ended = endOf(child, binaries.postgres);
  const ready = await Promise.race([
    untilReady(child, directory.pgData, connectionString({ port, password }, 'postgres')),
    ended.then(() => 'ended' as const),
  ]);
  if (ready === 'ready' && child.pid !== undefined) return { server: { pid: child.pid, port, exited: ended } };
  if (ready !== 'ended') {
    child.kill('SIGQUIT');
    await ended;
  }
  if (ready === 'refused') throw wrongPassword(directory);
  return { log: readFileSync(directory.logFile).subarray(logFrom).toString() };
}

/** Asks by connecting, as only that says that the server takes work. Its own end is watched elsewhere. */
async function untilReady(child: ChildProcess, pgData: string, address: string): Promise<'ready' | 'refused' | 'too slow'> {
  const startedMs = performance.now();
  while (performance.now() - startedMs < READY_WITHIN_MS && child.exitCode === null && child.signalCode === null) {
    const client = new pg.Client({ connectionString: address, connectionTimeoutMillis: 5_000 });
    client.on('error', () => undefined);
    try {
      await client.connect();
      await client.end();
      return 'ready';
    } catch (error) {
      // Another server may sit on the port for the moment that ours needs to find that out and end.
      const refused = isSqlState(error, '28P01');
      const running = readPostmasterFile(pgData);
      if (refused && running?.pid === child.pid && running?.ready === true) return 'refused';
      if (!refused && !isConnectionLost(error)) throw error;
      await delay(POLL_MS);
    }
  }
  return 'too slow';
}

function endOf(child: ChildProcess, path: string): Promise<void> {
  const ended = new Promise<void>((resolve, reject) => {
    child.once('error', (error) => reject(cannotRun(path, error)));
    child.once('exit', () => resolve());
  });
  ended.catch(() => undefined);
  return ended;
}

export function connectionString({ port, password }: { port: number; password: string }, database: string): string {
  return `postgres://${DATABASE_USER}:${encodeURIComponent(password)}@127.0.0.1:${port}/${encodeURIComponent(database)}`;
}

function wrongPassword({ passwordFile, root }: DataDirectory): StartupError {
  return new StartupError(
    `The database in ${root} does not take the password in ${passwordFile}. Delete that file and start again: a new password is then made.`,
  );
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  await new Promise<void>((resolve) => server.close(() => resolve()));
  if (address === null || typeof address === 'string') throw new Error('a TCP server without a port');
  return address.port;
}

function rotateLog(path: string): void {
  if (sizeOf(path) > LOG_LIMIT_BYTES) renameSync(path, `${path}.1`);
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}
