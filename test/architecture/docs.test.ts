import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { definitions } from '../../bin/definitions.ts';
import { projectFiles, readProjectFile, ROOT } from './sources.ts';

const CODE = /`(\.?[a-z][\w.-]*(?:\/[\w.-]+)*\/?)`/gi;
const DRAWN = /[\w-]+(?:\/[\w.-]+)+\/?/g;
const LINK = /\]\((?!https?:|#)([^)#]+)(?:#[^)]*)?\)/g;

const documents = projectFiles(/\.md$/);

/** What a document says in backticks or links to that should be a file or folder. */
function pathsIn(document: string): string[] {
  const whole = readProjectFile(document);
  const drawn = drawingsIn(whole).flatMap((drawing) => drawing.match(DRAWN) ?? []);
  const text = whole.replaceAll(/^```[\s\S]*?^```/gm, '');
  const named = [...text.matchAll(CODE)].map(([, path = '']) => path).filter(isPath);
  const linked = [...text.matchAll(LINK)].map(([, path = '']) => path);
  return [...named, ...linked, ...drawn.filter(isPath)];
}

function drawingsIn(text: string): string[] {
  return [...text.matchAll(/^```mermaid\n([\s\S]*?)^```/gm)].map(([, drawing = '']) => drawing);
}

/** A file's name, or a way from a folder of the root. `seat.events` and `http/` are words of ours. */
function isPath(text: string): boolean {
  if (text.includes('NNNN') || text === 'service.ts') return false;
  if (/[\w-]\.(ts|tsx|mjs|sql|json|md)$/.test(text)) return true;
  return /\/./.test(text) && existsSync(join(ROOT, text.split('/')[0] ?? ''));
}

/** From the root, or from the document's own folder or its sources. */
function isThere(document: string, path: string): boolean {
  const own = dirname(document);
  return ['', own, join(own, 'src')].some((folder) => existsSync(join(ROOT, folder, path)));
}

describe('the documents', () => {
  it.each(documents)('%s names only files that are there', (document) => {
    expect(pathsIn(document).filter((path) => !isThere(document, path))).toEqual([]);
  });

  it('are noticed when they name a file that is gone', () => {
    expect(pathsIn('ARCHITECTURE.md').length).toBeGreaterThan(50);
    const paths = ['services/seating/gone.ts', 'services/gone/', 'GONE.md', 'domain/gone.ts'];
    const words = ['seat.events', '.ts', 'http/', 'docs/adr/NNNN-title.md'];
    expect([...paths, ...words].filter(isPath)).toEqual(paths);
    expect(paths.filter((path) => isThere('services/seating/README.md', path))).toEqual([]);
    expect(isThere('services/seating/README.md', 'domain/decide.ts')).toBe(true);
  });

  it('draw every service with its database', () => {
    const [drawing = ''] = drawingsIn(readProjectFile('ARCHITECTURE.md')).filter((one) => one.includes('gateway'));
    for (const { name, database } of definitions) {
      expect(drawing).toContain(`"${name}<br/>services/${name}/"`);
      if (database !== undefined) expect(drawing).toContain(`services/${name}/"] --> ${database.name}[(${database.name})]`);
    }
    expect(drawing.match(/services\/\w+\//g)).toHaveLength(definitions.length);
    expect(drawing).not.toContain('services/notifications/');
  });

  it('are there when a source points to them', () => {
    const missing = projectFiles(/\.(ts|tsx|mjs|sql)$/).flatMap((file) => {
      const names = [...readProjectFile(file).matchAll(/\b([A-Z]{4,}\.md)\b/g)].map(([, name = '']) => name);
      return names.filter((name) => name !== 'GONE.md' && !existsSync(join(ROOT, name))).map((name) => `${file}: ${name}`);
    });
    expect(missing).toEqual([]);
  });
});
