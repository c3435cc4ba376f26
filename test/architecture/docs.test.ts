import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { projectFiles, readProjectFile, ROOT } from './sources.ts';

/** In backticks: something with a slash or a file ending, that begins with a folder or file of the root. */
const PATH = /`(\.?[a-z][\w.-]*(?:\/[\w.-]+)*\/?)`/gi;
const LINK = /\]\((?!https?:|#)([^)#]+)(?:#[^)]*)?\)/g;

const documents = projectFiles(/\.md$/);

/** Paths that a document names, relative to the root. */
function pathsIn(document: string): string[] {
  const text = readProjectFile(document).replaceAll(/^```[\s\S]*?^```/gm, '');
  const named = [...text.matchAll(PATH)].map(([, path = '']) => path).filter(isPath);
  const linked = [...text.matchAll(LINK)].map(([, path = '']) => join(dirname(document), path));
  return [...named, ...linked];
}

/** `seat.events` and `http/` are words of ours and no places of the root. */
function isPath(text: string): boolean {
  const [first = ''] = text.split('/');
  return text.includes('/')
    ? existsSync(join(ROOT, first)) && !text.includes('NNNN')
    : /\.(md|json|mjs|ts)$/.test(text) && /^(?:[A-Z]|\.[\w-]+\.)/.test(text);
}

describe('the documents', () => {
  it.each(documents)('%s names only files that are there', (document) => {
    expect(pathsIn(document).filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
  });

  it('are noticed when they name a file that is gone', () => {
    expect(pathsIn('ARCHITECTURE.md').length).toBeGreaterThan(50);
    expect(isPath('services/seating/gone.ts')).toBe(true);
    expect(isPath('GONE.md')).toBe(true);
    expect(isPath('seat.events')).toBe(false);
    expect(isPath('.ts')).toBe(false);
  });

  it('are there when a source points to them', () => {
    const missing = projectFiles(/\.(ts|tsx|mjs|sql)$/).flatMap((file) => {
      const names = [...readProjectFile(file).matchAll(/\b([A-Z]{4,}\.md)\b/g)].map(([, name = '']) => name);
      return names.filter((name) => name !== 'GONE.md' && !existsSync(join(ROOT, name))).map((name) => `${file}: ${name}`);
    });
    expect(missing).toEqual([]);
  });
});
