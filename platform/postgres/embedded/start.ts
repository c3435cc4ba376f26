import { setTimeout as delay } from 'node:timers/promises';
import { findBinaries } from './binaries.ts';
import { dataDirectoryAt, openDataDirectory, prepareCluster, readPassword } from './data-directory.ts';
import { lockDirectory } from './directory-lock.ts';
import { readPostmasterFile, stopOrphan, stopServer } from './postmaster-file.ts';
import { isPostgresOf } from './process-identity.ts';
import { connectionString, launchServer } from './server.ts';
import type { LaunchOptions, RunningServer } from './server.ts';

export type EmbeddedLogger = Record<'info' | 'warn' | 'error', (fields: Record<string, unknown>, message: string) => void>;

export type EmbeddedOptions = {
  /** Holds everything: the cluster, its password, its log, the lock of this program. Made if missing. */
  dataDir: string;
  logger?: EmbeddedLogger;
  /** False is for tests only: an acknowledged commit may then be lost in a crash of the machine. */
  durable?: boolean;
};

export type EmbeddedPostgres = {
  connectionString(database: string): string;
  /** Process id of the server, which changes when it had to be started again. */
  readonly pid: number;
  stop(): Promise<void>;
};

const SILENT: EmbeddedLogger = { info: () => undefined, warn: () => undefined, error: () => undefined };
const RESTARTS_IN_A_ROW = 5;
const STEADY_AFTER_MS = 60_000;

/**
 * Starts a PostgreSQL server in `dataDir`, on a free port of the loopback. A server that dies is started again on the same port.
 *
 * @throws StartupError saying what is wrong with the directory or the machine, and what to do
 */
export async function startEmbeddedPostgres({
  dataDir,
  logger = SILENT,
  durable = true,
}: EmbeddedOptions): Promise<EmbeddedPostgres> {
  const directory = await openDataDirectory(dataDir);
  const unlock = await lockDirectory(directory.root);
  try {
    const binaries = await findBinaries(directory.linkFolder);
    const orphan = await stopOrphan(directory.pgData, stopServer);
    if (orphan !== null) logger.warn({ pid: orphan }, 'stopped the PostgreSQL server that an earlier run had left behind');
    const password = await prepareCluster(directory, binaries, durable);
    return await supervise({ directory, binaries, password, durable }, logger, unlock);
  } catch (error) {
    unlock();
    throw error;
  }
}

/** How to reach the server that another process runs in this data directory; null when none does. */
export async function findEmbeddedPostgres(dataDir: string): Promise<((database: string) => string) | null> {
  const directory = dataDirectoryAt(dataDir);
  const running = readPostmasterFile(directory.pgData);
  const password = await readPassword(directory);
  if (running === null || password === null || !isPostgresOf(running.pid, directory.pgData)) return null;
  return (database) => connectionString({ port: running.port, password }, database);
}

async function supervise(options: LaunchOptions, logger: EmbeddedLogger, unlock: () => void): Promise<EmbeddedPostgres> {
  let server = await launchServer(options);
  let stopping: Promise<void> | null = null;
  let restarting: Promise<void> | null = null;
  const { port } = server;
  // Whatever ends this process without a stop (an uncaught error, process.exit) takes the server along.
  const atExit = (): void => signal(server.pid, 'SIGINT');
  process.once('exit', atExit);
  watch(server, 0);

  function watch(watched: RunningServer, restartsBefore: number): void {
    const sinceMs = performance.now();
    void watched.exited.then(() => {
      if (stopping !== null) return;
      const restarts = performance.now() - sinceMs > STEADY_AFTER_MS ? 1 : restartsBefore + 1;
      restarting = restart(restarts);
    });
  }

  async function restart(restarts: number): Promise<void> {
    const fields = { port, restarts };
    if (restarts > RESTARTS_IN_A_ROW) return logger.error(fields, 'PostgreSQL keeps dying; it is not started again');
    logger.error(fields, 'PostgreSQL died; starting it again');
    await delay(restarts > 1 ? 2 ** restarts * 100 : 0);
    if (stopping !== null) return;
    try {
      server = await launchServer(options, async () => port);
      watch(server, restarts);
      logger.info({ port, pid: server.pid }, 'PostgreSQL is back');
    } catch (error) {
      logger.error({ ...fields, error }, 'PostgreSQL could not be started again');
    }
  }

  async function stopAll(): Promise<void> {
    await restarting;
    try {
      await stopServer(server.pid);
    } finally {
      process.removeListener('exit', atExit);
      unlock();
    }
  }

  return {
    connectionString: (database) => connectionString({ port, password: options.password }, database),
    get pid() {
      return server.pid;
    },
    stop: () => (stopping ??= stopAll()),
  };
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // It is gone already.
  }
}
