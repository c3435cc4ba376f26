import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { chromium, type Browser } from 'playwright-core';

const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/**
 * The Chromium of this machine, or null after saying how to get one: browser tests are then skipped. On a build server (`CI`) it
 * must be there.
 */
export function findChromium(): string | null {
  const path = [process.env['CHROMIUM_PATH'], ...PLACES].find((place) => place !== undefined && existsSync(place));
  if (path !== undefined) return path;
  const advice = 'No Chromium found. Install it (apt-get install -y chromium) or name it in CHROMIUM_PATH.';
  if (process.env['CI']) throw new Error(advice);
  process.stderr.write(`\n  The browser tests are SKIPPED. ${advice}\n\n`);
  return null;
}

/** Root and containers may not use Chromium's own sandbox; the pages are ours. */
export function launchChromium(executablePath: string): Promise<Browser> {
  return chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-dev-shm-usage'] });
}

/** Builds the pages if nobody has: `npm test` does, a single test file started by hand may not. */
export async function ensurePagesAreBuilt(): Promise<void> {
  if (existsSync(`${ROOT}web/dist/index.html`)) return;
  await promisify(execFile)(process.execPath, [`${ROOT}node_modules/vite/bin/vite.js`, 'build'], { cwd: `${ROOT}web` });
}
