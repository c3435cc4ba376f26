import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The repository's root folder. */
export const ROOT = join(import.meta.dirname, '..', '..');

/** Made by tools, or broken on purpose. */
const NOT_OURS = new Set(['.git', 'node_modules', 'dist', 'coverage', '.onsale', '.cache', 'fixtures']);

/** The project's files whose path relative to the root matches. */
export function projectFiles(pattern: RegExp): string[] {
  return filesBelow('').filter((file) => pattern.test(file));
}

function filesBelow(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
    if (NOT_OURS.has(entry.name)) return [];
    return entry.isDirectory() ? filesBelow(path) : [path];
  });
}

/** The folders directly in a folder of the project. */
export function foldersIn(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name);
}

export function readProjectFile(file: string): string {
  return readFileSync(join(ROOT, file), 'utf8');
}

/** `file:line` of every place where a line of the file matches. */
export function placesOf(pattern: RegExp, file: string): string[] {
  return readProjectFile(file)
    .split('\n')
    .flatMap((line, index) => (pattern.test(line) ? [`${file}:${index + 1}`] : []));
}
