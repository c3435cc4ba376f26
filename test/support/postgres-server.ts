import { readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { readPostmasterFile, stopOrphan, stopServer } from '../../platform/postgres/embedded/postmaster-file.ts';
import { processStart } from '../../platform/postgres/embedded/process-identity.ts';
import { startEmbeddedPostgres } from '../../platform/postgres/embedded/start.ts';
import { ownerOfTemporaryFolder, temporaryFolder } from './temporary-folder.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Server of this test run; its own database is `postgres`. */
    postgresUrl: string;
  }
}

/** vitest's global setup: one server for the whole run, in a temporary folder, without fsync. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  await removeLeftovers();
  const folder = temporaryFolder();
  const removeAtExit = (): void => removeNow(folder);
  process.once('exit', removeAtExit);
  process.once('SIGTERM', exitBySignal);
  process.once('SIGHUP', exitBySignal);
  const server = await startEmbeddedPostgres({ dataDir: folder, durable: false });
  project.provide('postgresUrl', server.connectionString('postgres'));
  return async () => {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
    process.removeListener('exit', removeAtExit);
    process.removeListener('SIGTERM', exitBySignal);
    process.removeListener('SIGHUP', exitBySignal);
  };
}

/** The run ends without its teardown: nothing of the folder is worth keeping, so the server need not stop in order. */
function removeNow(folder: string): void {
  const running = readPostmasterFile(join(folder, 'postgres'));
  if (running !== null) process.kill(running.pid, 'SIGKILL');
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
}

function exitBySignal(): void {
  process.exit(143);
}

/** Servers of runs that were killed so hard that they could not clean up. */
async function removeLeftovers(): Promise<void> {
  for (const name of readdirSync(tmpdir())) {
    const owner = ownerOfTemporaryFolder(name);
    if (owner === null || processStart(owner) !== null) continue;
    const folder = join(tmpdir(), name);
    await stopOrphan(join(folder, 'postgres'), (pid) => stopServer(pid, { fastMs: 0 }));
    rmSync(folder, { recursive: true, force: true });
  }
}
