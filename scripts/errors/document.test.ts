import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ERROR_GROUPS } from '../../contracts/errors.ts';
import { errorsDocument } from './document.ts';

const page = readFileSync(new URL('../../docs/errors.md', import.meta.url), 'utf8');

describe('docs/errors.md', () => {
  it('is what contracts/errors.ts says; if not: node scripts/errors-doc.ts', async () => {
    expect(page).toBe(await errorsDocument(ERROR_GROUPS));
  });

  it('would change with the table', async () => {
    const [first, ...rest] = ERROR_GROUPS;
    expect(first).toBeDefined();
    expect(await errorsDocument(rest)).not.toBe(page);
  });
});
