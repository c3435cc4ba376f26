import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ERROR_GROUPS, ERRORS } from './errors.ts';

describe('the error table', () => {
  it('has every code in one group, with its meaning and a remedy', () => {
    const codes = ERROR_GROUPS.flatMap(({ errors }) => Object.keys(errors));
    expect(codes.toSorted()).toEqual(Object.keys(ERRORS).toSorted());
    for (const [code, { when, whatToDo }] of Object.entries(ERRORS)) {
      expect(when, code).toMatch(/\.$/);
      expect(whatToDo, code).toMatch(/\.$/);
    }
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
