// The door of the program: `npm start`, `npm test` and the others come through here, with whatever Node the machine has. Brings what
// is missing (a newer Node, the packages, the built web app), then runs the command with a Node that is new enough.
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { withLock } from './bootstrap/lock.mjs';
import { arePackagesInstalled, installPackages } from './bootstrap/packages.mjs';
import { runToEnd } from './bootstrap/run.mjs';
import { bringRuntime, findRuntime } from './bootstrap/runtime.mjs';
import { buildWebApp, isWebAppBuilt } from './bootstrap/web-app.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const [command, ...args] = process.argv.slice(2);
const wantsPages = (command === 'start' || command === 'up') && !args.includes('--help');

/** @returns {string | null} path of Node when everything is there */
function ready() {
  const node = findRuntime(root);
  return node !== null && arePackagesInstalled(root) && (!wantsPages || isWebAppBuilt(root)) ? node : null;
}

async function prepare() {
  const node = findRuntime(root) ?? (await bringRuntime(root));
  if (!arePackagesInstalled(root)) await installPackages(root, node);
  if (wantsPages && !isWebAppBuilt(root)) await buildWebApp(root, node);
  return node;
}

try {
  const node = ready() ?? (await withLock(root, prepare));
  const isScript = command === 'test' || command === 'kafka';
  const script = isScript ? [`scripts/${command}.ts`] : ['bin/onsale.ts', ...(command === undefined ? [] : [command])];
  await runToEnd(node, [join(root, script[0]), ...script.slice(1), ...args], root);
} catch (error) {
  console.error(`\nOnsale: ${error.message}`);
  process.exitCode = error.exitCode ?? 1;
}
