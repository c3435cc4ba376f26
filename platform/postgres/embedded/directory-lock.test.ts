import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../../test/support/temporary-folder.ts';
import { lockDirectory } from './directory-lock.ts';
import { processStart } from './process-identity.ts';

let directory: string;
beforeEach(() => void (directory = temporaryFolder()));
afterEach(() => rmSync(directory, { recursive: true }));

const path = (): string => join(directory, 'onsale.lock');
const leave = (content: unknown): void => writeFileSync(path(), typeof content === 'string' ? content : JSON.stringify(content));

describe('the lock of a data directory', () => {
  it('is refused while a live process holds it, naming that process', async () => {
    leave({ pid: process.ppid, start: processStart(process.ppid) });
    await expect(lockDirectory(directory)).rejects.toThrow(`in use by another Onsale (process ${process.ppid})`);
    await expect(lockDirectory(directory)).rejects.toThrow('ONSALE_DATA_DIR');
  });

  it('is free again once given back', async () => {
    const unlock = await lockDirectory(directory);
    await expect(lockDirectory(directory)).rejects.toThrow('this very process');
    unlock();
    expect(existsSync(path())).toBe(false);
    (await lockDirectory(directory))();
  });

  it.each([
    ['of a process that is gone', { pid: 999_999_999, start: '1' }],
    ['of a process whose id another one has now', { pid: process.ppid, start: 'earlier' }],
    ['that was never finished', '{"pid":'],
    ['that is empty', ''],
  ])('%s is taken over', async (_, content) => {
    leave(content);
    const unlock = await lockDirectory(directory);
    expect(JSON.parse(readFileSync(path(), 'utf8'))).toMatchObject({ pid: process.pid });
    unlock();
  });

  it('that another one has taken meanwhile is not given back by mistake', async () => {
    const unlock = await lockDirectory(directory);
    leave({ pid: process.ppid, start: processStart(process.ppid) });
    unlock();
    expect(existsSync(path())).toBe(true);
  });

  it('goes to one of several that want it at once', async () => {
    leave({ pid: 999_999_999, start: '1' });
    const outcomes = await Promise.allSettled(Array.from({ length: 8 }, () => lockDirectory(directory)));
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });
});
