import { execFileSync } from 'node:child_process';
import { statfsSync } from 'node:fs';
import { availableParallelism, cpus, release, tmpdir, totalmem } from 'node:os';
import { VERSION } from '../../platform/version.ts';

const ROOT = new URL('../../', import.meta.url);
/** statfs(2) */
const TMPFS_MAGIC = 0x0102_1994;

/** What the figures of a run depend on besides Onsale. */
export function machineFacts() {
  return {
    cpu: cpus()[0]?.model ?? 'unknown',
    cores: availableParallelism(),
    memoryBytes: totalmem(),
    os: `${process.platform} ${release()} ${process.arch}`,
    node: process.version,
    onsale: VERSION,
    commit: commit(),
    /** Where the database's files are. In memory, a commit is not durable, whatever the database does. */
    filesInMemory: statfsSync(tmpdir()).type === TMPFS_MAGIC,
  };
}

/** Of the checkout, with a mark when it has changes; null without git. */
function commit(): string | null {
  const git = (...args: string[]): string =>
    execFileSync('git', args, { cwd: ROOT, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  try {
    return git('rev-parse', 'HEAD') + (git('status', '--porcelain', '--untracked-files=no') === '' ? '' : ' with changes');
  } catch {
    return null;
  }
}
