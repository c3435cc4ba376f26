import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { join } from 'node:path';

const SIGNALS = process.platform === 'win32' ? [] : ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'];
/** A terminal signals the whole group and npm passes the same signal on again: these are one wish, not two. */
const SAME_WISH_MS = 400;

const PARENT_POLL_MS = 250;
const FOLLOW_PARENT = new URL('follow-parent.mjs', import.meta.url).href;

/**
 * Runs the command to its end, with this process's streams, and ends as it ends. The command has a process group of its own, so that
 * every signal reaches it exactly once, from here.
 *
 * @param {string} node
 * @param {string[]} args
 * @param {string} cwd
 */
export async function runToEnd(node, args, cwd) {
  // What was compiled at an earlier start is used again: https://nodejs.org/api/module.html#module-compile-cache
  const compiled = join(cwd, '.cache', 'compiled');
  const env = { NODE_COMPILE_CACHE: compiled, ...process.env, BOOTSTRAP_PID: String(process.pid) };
  const child = spawn(node, ['--import', FOLLOW_PARENT, ...args], {
    cwd,
    env,
    stdio: 'inherit',
    detached: process.platform !== 'win32',
  });
  const lastMs = new Map();
  const pass = (signal) => {
    const nowMs = Date.now();
    if (nowMs - (lastMs.get(signal) ?? 0) > SAME_WISH_MS) child.kill(signal);
    lastMs.set(signal, nowMs);
  };
  for (const signal of SIGNALS) process.on(signal, pass);
  // The terminal of Windows tells every process in it by itself; this one only has to stay until the command is done.
  if (process.platform === 'win32') process.on('SIGINT', () => undefined);
  stopWithNpm(() => pass('SIGTERM'));
  const { code, signal } = await new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (exitCode, exitSignal) => resolve({ code: exitCode, signal: exitSignal }));
  });
  process.exit(code ?? 128 + (constants.signals[signal] ?? 0));
}

/** npm passes SIGTERM on to the shell in which it runs a script, and that shell just dies of it. */
function stopWithNpm(stop) {
  if (!process.env.npm_lifecycle_script?.startsWith('node scripts/bootstrap.mjs')) return;
  const shell = process.ppid;
  const polling = setInterval(() => {
    if (process.ppid === shell) return;
    clearInterval(polling);
    stop();
  }, PARENT_POLL_MS);
  polling.unref();
}

/**
 * Runs a helper quietly. What it said is shown only when it fails.
 *
 * @param {string} node
 * @param {string[]} args
 * @param {{ cwd: string, env?: NodeJS.ProcessEnv, failure: string }} options
 */
export async function runQuietly(node, args, { cwd, env = process.env, failure }) {
  const child = spawn(node, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  child.stdout.on('data', (chunk) => (output += chunk));
  child.stderr.on('data', (chunk) => (output += chunk));
  let stoppedBy;
  const stop = (signal) => {
    stoppedBy = signal;
    child.kill(signal);
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, stop);
  const code = await new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.removeListener(signal, stop);
  if (stoppedBy !== undefined)
    throw Object.assign(new Error('stopped before everything was there.'), { exitCode: 128 + constants.signals[stoppedBy] });
  if (code !== 0) throw new Error(`${failure}\n${output.trim()}`);
}
