import { existsSync, realpathSync } from 'node:fs';
import { basename, delimiter, dirname, join } from 'node:path';
import { runQuietly } from './run.mjs';

/** Quiet, and nothing that the project does not need: no audit, no advertising, no install scripts. */
const QUIET = ['--no-audit', '--no-fund', '--no-update-notifier', '--no-progress', '--ignore-scripts', '--loglevel=error'];

/**
 * Runs npm with the given Node: packages for another Node than the one that installs are left out in silence. Registry, proxy and
 * certificates are those of the user.
 *
 * @param {string} node
 * @param {string[]} args
 * @param {{ cwd: string, failure: string }} options
 */
export async function npm(node, args, { cwd, failure }) {
  const env = { ...process.env, PATH: `${dirname(node)}${delimiter}${process.env.PATH ?? ''}` };
  // A production machine must not lose the packages that build the pages.
  delete env.NODE_ENV;
  delete env.npm_config_omit;
  await runQuietly(node, [findNpm(), ...args, ...QUIET], { cwd, env, failure });
}

function findNpm() {
  const given = process.env.npm_execpath;
  if (given !== undefined && /^npm(-cli)?\.c?js$/.test(basename(given)) && existsSync(given)) return given;
  const besideNode = dirname(realpathSync(process.execPath));
  const onPath = (process.env.PATH ?? '').split(delimiter);
  const folders = [besideNode, ...onPath];
  const candidates = folders.flatMap((folder) => [
    join(folder, 'node_modules', 'npm', 'bin', 'npm-cli.js'),
    join(folder, '..', 'lib', 'node_modules', 'npm', 'bin', 'npm-cli.js'),
    ...linkTarget(join(folder, 'npm')),
  ]);
  const found = candidates.find((path) => basename(path) === 'npm-cli.js' && existsSync(path));
  if (found === undefined) throw new Error('npm was not found. It comes with Node: install Node 24 or newer from nodejs.org.');
  return found;
}

function linkTarget(path) {
  return existsSync(path) ? [realpathSync(path)] : [];
}
