import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ERRORS } from './errors.ts';

const page = readFileSync(new URL('../docs/errors.md', import.meta.url), 'utf8');
const documented = [...page.matchAll(/^\| `([A-Z_]+)` +\| (\d{3}) +\|/gm)].map(([, code, status]) => ({
  code,
  status: Number(status),
}));

describe('the error table', () => {
  it('is documented whole, with the same statuses, and nothing else is', () => {
    const declared = Object.entries(ERRORS).map(([code, { status }]) => ({ code, status }));
    const byCode = (a: { code?: string | undefined }, b: { code?: string | undefined }): number =>
      String(a.code).localeCompare(String(b.code));
    expect(documented.toSorted(byCode)).toEqual(declared.toSorted(byCode));
  });

  it('tells a client when to come back wherever it says "not now"', () => {
    for (const [code, entry] of Object.entries(ERRORS)) {
      const isLater = entry.status === 429 || entry.status === 503;
      expect('retryAfterSeconds' in entry, code).toBe(isLater);
    }
  });

  it('has no code that the program never answers', () => {
    const program = ['platform', 'services'].map(sourcesIn).join('\n');
    const unused = Object.keys(ERRORS).filter((code) => !program.includes(`'${code}'`));
    expect(unused).toEqual([]);
  });
});

function sourcesIn(place: string): string {
  const folder = new URL(`../${place}/`, import.meta.url);
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  return files
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
    .map((file) => readFileSync(new URL(file, folder), 'utf8'))
    .join('\n');
}
