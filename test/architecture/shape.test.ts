import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { impureUses } from './impure-uses.ts';
import { foldersIn, placesOf, projectFiles, readProjectFile, ROOT } from './sources.ts';

const SOURCES = /\.(ts|tsx|mjs|js)$/;
/** Tests and what only tests use, as in .dependency-cruiser.mjs. */
const isTest = (file: string): boolean => /\.test\.tsx?$|^test\/|\/(race|testing)\/|\/(test-[^/]+|conformance)\.ts$/.test(file);

describe('every service has the same shape', () => {
  it.each(foldersIn('services'))('%s', (service) => {
    const folder = `services/${service}`;
    const has = (path: string): boolean => existsSync(join(ROOT, folder, path));
    expect(has('service.ts'), 'service.ts').toBe(true);
    expect(has('README.md'), 'README.md').toBe(true);

    const readme = readProjectFile(`${folder}/README.md`);
    for (const word of ['owns', 'publishes', 'consumes', 'must always be true']) expect(readme.toLowerCase()).toContain(word);

    const ownsData = /\bdatabase:/.test(readProjectFile(`${folder}/service.ts`));
    for (const part of ownsData ? ['http', 'migrations'] : ['http']) expect(has(part), part).toBe(true);
    for (const file of projectFiles(new RegExp(`^${folder}/migrations/`))) {
      expect(file).toMatch(/\/\d{4}_[a-z0-9_]+\.sql$/);
    }
  });
});

describe('the domain', () => {
  const files = projectFiles(/^services\/[^/]+\/domain\/.*\.ts$/).filter((file) => !isTest(file));

  it('depends on nothing but its arguments: no clock, no chance, no I/O', () => {
    const uses = files.flatMap((file) => impureUses(readProjectFile(file)).map((use) => `${file}:${use}`));
    expect(uses).toEqual([]);
  });

  it.each([
    'export const now = Date.now();',
    'export const now = new Date().toISOString();',
    'export const now = Date();',
    'export const luck = Math.random() < 0.5;',
    'export const port = process.env.PORT;',
    "export const answer = fetch('http://localhost');",
    'setTimeout(() => {}, 5);',
    'export const id = { id: crypto };',
  ])('may not say: %s', (source) => {
    expect(impureUses(source)).toHaveLength(1);
  });

  it('may turn a given time into a date, and name a field as it likes', () => {
    expect(impureUses('export const at = (ms: number) => ({ process: new Date(ms).toISOString() });')).toEqual([]);
  });
});

describe('the sources', () => {
  it('name every SQL statement once, after the place that owns it', () => {
    const seen = new Map<string, string>();
    const wrong: string[] = [];
    for (const file of projectFiles(/^(platform|services)\/.*\.ts$/).filter((path) => !isTest(path))) {
      for (const [, name = ''] of readProjectFile(file).matchAll(/\bsql\(\s*'([^']+)'/g)) {
        const other = seen.get(name);
        if (other !== undefined) wrong.push(`${name} is in ${other} and in ${file}`);
        const service = /^services\/([^/]+)\//.exec(file)?.[1];
        if (service !== undefined && !name.startsWith(`${service}.`))
          wrong.push(`${name} in ${file} should begin with ${service}.`);
        seen.set(name, file);
      }
    }
    expect(wrong).toEqual([]);
  });

  it('import files of ours as .ts', () => {
    const files = projectFiles(/\.tsx?$/);
    expect(files.flatMap((file) => placesOf(/from '\.{1,2}\/[^']*\.jsx?'/, file))).toEqual([]);
  });

  it('name no place of one machine', () => {
    const files = projectFiles(/\.(ts|tsx|mjs|js|css|sql|md|json|ya?ml|sh|csv|html)$|^\.ci\/run$/);
    const paths = /(^|[\s"'`(=])\/(root|work|home\/\w+|Users\/\w+|opt\/node\w*)(\/|\b)/;
    expect(files.flatMap((file) => placesOf(paths, file))).toEqual([]);
  });

  it('are not skipped or focused tests', () => {
    const files = projectFiles(SOURCES).filter((file) => isTest(file));
    expect(files.flatMap((file) => placesOf(/\b(describe|it|test)\.(only|todo|skip)\b/, file))).toEqual([]);
  });
});
