import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { readPostmasterFile, stopOrphan, stopServer } from '../../platform/postgres/embedded/postmaster-file.ts';
import { answers } from '../system/spawn.ts';
import type { Context, Measure } from './measure.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const ANSWER_WITHIN_MS = 120_000;
const STOP_WITHIN_MS = 30_000;
const POLL_MS = 20;

/** `npm start` as people type it, until a page of events is answered: on new data, then again on the data that are there. */
export const startTime: Measure = {
  name: 'start',
  what: 'npm start to the first answered request',
  async run(context) {
    const { pace, note, withFolder } = context;
    const figures = { start: [] as number[], startAgain: [] as number[] };
    // The first one may have to bring what is missing, or to build the pages.
    await withFolder((folder) => secondsToStart(context, folder));
    for (let round = 1; round <= pace.starts; round++) {
      await withFolder(async (folder) => {
        figures.start.push(await secondsToStart(context, folder));
        figures.startAgain.push(await secondsToStart(context, folder));
      });
      note(`npm start: ${figures.start.at(-1)?.toFixed(1)} s, again ${figures.startAgain.at(-1)?.toFixed(1)} s`);
    }
    return { figures, runs: [], problems: [] };
  },
};

async function secondsToStart(context: Context, dataDir: string): Promise<number> {
  const port = await freePort();
  const env = { PATH: process.env['PATH'], HOME: process.env['HOME'], PORT: String(port), ONSALE_DATA_DIR: dataDir };
  const beganMs = performance.now();
  const npm = spawn('npm', ['start'], { cwd: ROOT, env, stdio: ['ignore', 'pipe', 'pipe'], shell: process.platform === 'win32' });
  let said = '';
  for (const stream of [npm.stdout, npm.stderr]) stream.on('data', (data) => (said = (said + String(data)).slice(-4_000)));
  const ended = once(npm, 'exit');
  const stop = context.started('npm start', async () => {
    npm.kill('SIGTERM');
    await ended;
    await stopped(join(dataDir, 'postgres'));
  });
  try {
    while (!(await answers(`http://127.0.0.1:${port}/v1/events`))) {
      if (npm.exitCode !== null || npm.signalCode !== null) throw new Error(`npm start ended with ${npm.exitCode}:\n${said}`);
      if (performance.now() - beganMs > ANSWER_WITHIN_MS)
        throw new Error(`npm start gave no answer in ${ANSWER_WITHIN_MS / 1_000} s:\n${said}`);
      await delay(POLL_MS);
    }
    return (performance.now() - beganMs) / 1_000;
  } finally {
    await stop();
  }
}

/** npm ends at once; the program below it notices, and stops in order. */
async function stopped(postgresData: string): Promise<void> {
  const deadlineMs = performance.now() + STOP_WITHIN_MS;
  while (readPostmasterFile(postgresData) !== null && performance.now() < deadlineMs) await delay(POLL_MS);
  await stopOrphan(postgresData, stopServer);
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}
