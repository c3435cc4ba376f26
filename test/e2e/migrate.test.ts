import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { definitions } from '../../bin/definitions.ts';
import { ROOT } from '../support/deployment.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const folder = temporaryFolder();
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function migrate(): string {
  const env = { PATH: process.env['PATH'], HOME: process.env['HOME'], ONSALE_DATA_DIR: folder };
  return execFileSync(process.execPath, [join(ROOT, 'bin/onsale.ts'), 'migrate'], { env, encoding: 'utf8' });
}

describe('onsale migrate', { timeout: 60_000 }, () => {
  it('makes every database and brings it up to date, and finds nothing to do afterwards', () => {
    const databases = [...definitions.flatMap(({ database }) => database?.name ?? []), 'logdb'];
    const first = migrate();
    for (const name of databases) expect(first).toMatch(new RegExp(`^${name} is brought up to date: .*0001_`, 'm'));
    const second = migrate();
    for (const name of databases) expect(second).toContain(`${name} is up to date\n`);
  });
});
