import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { npm } from './npm.mjs';
import { withProgress } from './progress.mjs';

/**
 * Installs the packages exactly as locked.
 *
 * @param {string} root
 * @param {string} node
 */
export async function installPackages(root, node) {
  const args = ['ci', '--include=dev', '--include=optional'];
  await withProgress('installing packages', () =>
    npm(node, args, { cwd: root, failure: 'npm could not install the packages and said:' }),
  );
}

/**
 * Whether what npm noted at its last complete installation is what the lock file asks for on this platform.
 *
 * @param {string} root
 */
export function arePackagesInstalled(root) {
  const wanted = readPackages(join(root, 'package-lock.json'));
  const present = readPackages(join(root, 'node_modules', '.package-lock.json'));
  if (wanted === null || present === null) return false;
  return Object.entries(wanted).every(([path, entry]) => {
    // The root and the workspaces themselves.
    if (!path.includes('node_modules/')) return true;
    const there = present[path];
    if (there === undefined || !existsSync(join(root, path))) return isForOtherPlatform(entry);
    return there.version === entry.version && there.integrity === entry.integrity;
  });
}

function isForOtherPlatform({ optional = false, os, cpu, libc }) {
  if (!optional) return false;
  const excludes = (list, own) => list !== undefined && ![list].flat().includes(own);
  // What hangs on a package of another platform has no mark of its own; about it, and about libc, npm decides.
  return (
    excludes(os, process.platform) || excludes(cpu, process.arch) || libc !== undefined || (os === undefined && cpu === undefined)
  );
}

function readPackages(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8')).packages;
  } catch {
    return null;
  }
}
