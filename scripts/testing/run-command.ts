import { spawn } from 'node:child_process';
import { dirname } from 'node:path';

export type Command = {
  /** A JavaScript file of a package, run with this process's Node. */
  file: string;
  args: readonly string[];
  /** Shown while it runs; otherwise kept, and given back. */
  live: boolean;
  timeoutMs: number;
};

export type CommandResult = { ok: boolean; output: string; elapsedMs: number };

/** The end of a failed tool's output is what tells; more than this would drown it. */
const MAX_OUTPUT_CHARS = 60_000;
/** How long a stopped tool gets to clean up, e.g. vitest to stop its PostgreSQL. */
const STOP_GRACE_MS = 10_000;

const running = new Set<number>();

/** Runs a tool to its end. It has a process group of its own, so that stopping it also stops what it started. */
export async function runCommand(command: Command, cwd: string, env: NodeJS.ProcessEnv): Promise<CommandResult> {
  const startedMs = performance.now();
  const child = spawn(process.execPath, [command.file, ...command.args], {
    cwd,
    env: { ...env, PATH: `${dirname(process.execPath)}:${env['PATH'] ?? ''}` },
    stdio: ['ignore', command.live ? 'inherit' : 'pipe', command.live ? 'inherit' : 'pipe'],
    detached: true,
  });
  let output = '';
  const keep = (chunk: Buffer): void => {
    output = (output + chunk.toString()).slice(-MAX_OUTPUT_CHARS);
  };
  child.stdout?.on('data', keep);
  child.stderr?.on('data', keep);
  const { pid } = child;
  if (pid !== undefined) running.add(pid);
  let timedOut = false;
  const timer = setTimeout(() => {
    timedOut = true;
    if (pid !== undefined) void stopGroup(pid);
  }, command.timeoutMs);

  const code = await new Promise<number | null>((resolve) => {
    child.once('error', (error) => {
      keep(Buffer.from(`${error.message}\n`));
      resolve(null);
    });
    child.once('close', resolve);
  });
  clearTimeout(timer);
  if (pid !== undefined) running.delete(pid);
  if (timedOut) keep(Buffer.from(`\nStopped after ${command.timeoutMs / 1000} s.\n`));
  return { ok: code === 0 && !timedOut, output, elapsedMs: performance.now() - startedMs };
}

/** Stops every tool that still runs, and what it started. */
export async function stopAll(): Promise<void> {
  await Promise.all([...running].map(stopGroup));
}

async function stopGroup(pid: number): Promise<void> {
  signalGroup(pid, 'SIGTERM');
  const deadlineMs = performance.now() + STOP_GRACE_MS;
  while (signalGroup(pid, 0) && performance.now() < deadlineMs) await new Promise((resolve) => setTimeout(resolve, 50));
  signalGroup(pid, 'SIGKILL');
}

/** Whether there was anybody to tell. */
function signalGroup(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(-pid, signal);
  } catch {
    return false;
  }
}
