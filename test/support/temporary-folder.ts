import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const PREFIX = 'onsale-test-';

/** A new folder, named after the process that made it: should that be killed, the next test run removes it. */
export function temporaryFolder(): string {
  return mkdtempSync(join(tmpdir(), `${PREFIX}${process.pid}-`));
}

/** Process id in the name of a folder made here; null for other names. */
export function ownerOfTemporaryFolder(name: string): number | null {
  const pid = new RegExp(`^${PREFIX}(\\d+)-`).exec(name)?.[1];
  return pid === undefined ? null : Number(pid);
}
