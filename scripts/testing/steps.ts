import { accessSync, constants } from 'node:fs';
import { join } from 'node:path';
import type { Command } from './run-command.ts';

export type Step = { name: string; command: Command };

const CHECK_TIMEOUT_MS = 180_000;
const TESTS_TIMEOUT_MS = 15 * 60_000;

/** What is looked at without running the product. The slow ones come first, so that two at a time end together. */
export function checks(root: string): Step[] {
  const check = (name: string, file: string, args: string[]): Step => ({
    name,
    command: { file: join(root, 'node_modules', file), args, live: false, timeoutMs: CHECK_TIMEOUT_MS },
  });
  return [
    check('format', 'prettier/bin/prettier.cjs', ['--check', '.']),
    check('types', 'typescript/bin/tsc', ['--noEmit', '-p', '.']),
    check('types of web', 'typescript/bin/tsc', ['--noEmit', '-p', 'web']),
    // The browser tests look at what was built, so it has to be built from what is here.
    check('pages', 'vite/bin/vite.js', ['build', 'web', '--logLevel', 'warn']),
    check('dead code', 'knip/bin/knip.js', []),
    check('lint', 'oxlint/bin/oxlint', []),
  ];
}

/** Every test, or those that `filters` (paths, `-t pattern`) choose. The results also go to `resultsFile` as JSON. */
export function tests(root: string, filters: readonly string[], resultsFile: string): Step {
  const args = ['run', '--silent=passed-only', '--reporter=default', '--reporter=json', `--outputFile.json=${resultsFile}`];
  const cache = isWritable(join(root, 'node_modules')) ? [] : ['--cache=false', '--fsModuleCache=false'];
  return {
    name: 'tests',
    command: {
      file: join(root, 'node_modules/vitest/vitest.mjs'),
      args: [...args, ...cache, ...filters],
      live: true,
      timeoutMs: TESTS_TIMEOUT_MS,
    },
  };
}

function isWritable(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}
