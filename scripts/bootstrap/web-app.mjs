import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { npm } from './npm.mjs';
import { withProgress } from './progress.mjs';

/** What the pages are made of; the contracts are shared with the server. */
const SOURCES = ['web', 'contracts', 'package-lock.json'];
const NOT_SOURCES = new Set(['node_modules', 'dist', 'coverage']);

/**
 * Whether the pages were built from just these sources.
 *
 * @param {string} root
 */
export function isWebAppBuilt(root) {
  const path = stampPath(root);
  return existsSync(path) && readFileSync(path, 'utf8') === fingerprint(root);
}

/**
 * @param {string} root
 * @param {string} node
 */
export async function buildWebApp(root, node) {
  const builtFrom = fingerprint(root);
  const args = ['run', 'build', '--workspace=web'];
  await withProgress('building the web app', () => npm(node, args, { cwd: root, failure: 'The web app could not be built:' }));
  writeFileSync(stampPath(root), builtFrom);
}

/** Inside the built folder, so that it goes when that goes. */
function stampPath(root) {
  return join(root, 'web', 'dist', '.built-from');
}

function fingerprint(root) {
  const hash = createHash('sha256');
  for (const path of SOURCES.flatMap((source) => filesBelow(root, source)))
    hash
      .update(`${path}\0`)
      .update(readFileSync(join(root, path)))
      .update('\0');
  return hash.digest('hex');
}

function filesBelow(root, path) {
  if (!existsSync(join(root, path))) return [];
  if (path.endsWith('.json')) return [path];
  return readdirSync(join(root, path), { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const inside = `${path}/${entry.name}`;
      if (entry.isDirectory()) return NOT_SOURCES.has(entry.name) ? [] : filesBelow(root, inside);
      return entry.name.endsWith('.test.ts') || entry.name.endsWith('.test.tsx') ? [] : [inside];
    });
}
