import { spawn } from 'node:child_process';
import type { ChildProcess, StdioOptions } from 'node:child_process';
import { StartupError } from '../../config/startup-error.ts';
import type { Binaries } from './binaries.ts';

/**
 * PostgreSQL refuses to run as root. In a user namespace of its own the same process is user 1000 inside and root outside: no
 * account is made, and folders that only root may enter can be used.
 */
const AS_USER_1000 = ['--user', '--map-user=1000', '--map-group=1000', '--'];

/** Starts a program of PostgreSQL detached from the terminal: Ctrl-C is for this program, which then stops the server in order. */
export function startProgram(binaries: Binaries, path: string, args: readonly string[], stdio: StdioOptions): ChildProcess {
  const [command, ...rest] = process.getuid?.() === 0 ? ['unshare', ...AS_USER_1000, path, ...args] : [path, ...args];
  return spawn(command ?? path, rest, { stdio, detached: true, windowsHide: true, env: environment(binaries) });
}

/** PG… variables would change what the programs do; messages are matched in English. */
function environment(binaries: Binaries): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith('PG'));
  return { ...Object.fromEntries(inherited), LC_ALL: 'C', TZ: 'UTC', ...binaries.environment };
}

/** @returns everything the program said, once it has ended well; @throws StartupError with it otherwise */
export async function runProgram(binaries: Binaries, path: string, args: readonly string[], input = ''): Promise<string> {
  const child = startProgram(binaries, path, args, ['pipe', 'pipe', 'pipe']);
  let output = '';
  child.stdout?.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stderr?.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stdin?.on('error', () => undefined);
  child.stdin?.end(input);
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', (error) => reject(cannotRun(path, error)));
    child.once('close', resolve);
  });
  if (code !== 0) throw explainFailure(path, output);
  return output;
}

export function cannotRun(path: string, error: Error): StartupError {
  if (process.getuid?.() === 0 && error.message.includes('unshare')) {
    return new StartupError(
      `${ROOT_REFUSED} The program "unshare" (package util-linux), with which root can do it, is missing. ${ROOT_CURE}`,
      { cause: error },
    );
  }
  return new StartupError(`PostgreSQL cannot be run (${path}): ${error.message}`, { cause: error });
}

/** Puts into words why a program of PostgreSQL ended, from what it printed or logged. */
export function explainFailure(path: string, output: string): StartupError {
  const tail = lastLines(output, 20);
  if (/^unshare: failed to execute .*Permission denied/m.test(output)) {
    return new StartupError(
      `${ROOT_REFUSED} As a user without root's powers it cannot enter the folder in which Onsale lies, which belongs to someone else. Start Onsale as that user (without sudo), or from a folder of root's own.\n${tail}`,
    );
  }
  if (/^unshare: /m.test(output)) {
    return new StartupError(
      `${ROOT_REFUSED} This machine or container does not let root make a user namespace. ${ROOT_CURE}\n${tail}`,
    );
  }
  if (/No space left on device/.test(output)) {
    return new StartupError(
      `The disk is full: PostgreSQL cannot work in its data directory. Make room or move it with ONSALE_DATA_DIR.\n${tail}`,
    );
  }
  return new StartupError(`PostgreSQL did not start (${path}). It said:\n${tail || '(nothing)'}`);
}

const ROOT_REFUSED = 'PostgreSQL refuses to run as root.';
const ROOT_CURE =
  'Start Onsale as an ordinary user, or allow user namespaces (sysctl user.max_user_namespaces and kernel.unprivileged_userns_clone; in a container: --user 1000), or set DATABASE_URL to a server of your own.';

function lastLines(text: string, count: number): string {
  return text.trimEnd().split('\n').slice(-count).join('\n');
}
