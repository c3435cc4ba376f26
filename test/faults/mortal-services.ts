import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { loadSettings, type Environment } from '../../platform/config/settings.ts';
import { runVerify } from '../../verify/run-verify.ts';
import { COMPILE_CACHE } from '../support/spawned-system.ts';
import { makeDataDir, removeDataDir } from '../support/system.ts';
import type { Verified } from './mortal-system.ts';

/** `onsale up --processes`: every service as a process of its own, each of which can be killed. */
export type MortalServices = {
  /** Of the gateway. */
  url: string;
  names: readonly string[];
  pidOf(name: string): number;
  /** Kills (-9) it and waits until another one of it is ready. @returns how long that took */
  killAndSeeItBack(name: string): Promise<number>;
  verify(journal: string): Promise<Verified>;
  output(): string;
  /** As Ctrl-C. @returns the exit code */
  stop(): Promise<number | null>;
  remove(): Promise<void>;
};

const ONSALE = fileURLToPath(new URL('../../bin/onsale.ts', import.meta.url));
const START_WITHIN_MS = 90_000;
const BACK_WITHIN_MS = 30_000;
const SETTLE_MS = 60_000;

export async function startMortalServices(environment: Environment): Promise<MortalServices> {
  const dataDir = makeDataDir();
  const settings = { PORT: '0', RATE_LIMIT_PER_MINUTE: '0', LOG_LEVEL: 'info', ONSALE_DATA_DIR: dataDir, ...environment };
  const { PATH, HOME } = process.env;
  const child = spawn(process.execPath, [ONSALE, 'up', '--processes'], {
    env: { PATH, HOME, NODE_COMPILE_CACHE: COMPILE_CACHE, ...settings },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => (said += String(data)));
  const exited = once(child, 'exit');
  const end = async (signal: NodeJS.Signals): Promise<number | null> => {
    if (child.exitCode === null && child.signalCode === null) child.kill(signal);
    await exited;
    return child.exitCode;
  };
  const remove = async (): Promise<void> => {
    // In order: what it started would outlive it for a moment.
    await end('SIGTERM');
    await removeDataDir(dataDir);
  };

  async function until<T>(what: string, withinMs: number, look: () => T | null | Promise<T | null>): Promise<T> {
    for (const deadlineMs = Date.now() + withinMs; Date.now() < deadlineMs; await delay(20)) {
      const found = await look();
      if (found !== null) return found;
      if (child.exitCode !== null) break;
    }
    throw new Error(`${what} not within ${withinMs} ms:\n${said.slice(-10_000)}`);
  }

  const pidOf = (name: string): number =>
    Number([...said.matchAll(new RegExp(`"process":"${name}","pid":(\\d+)`, 'g'))].at(-1)?.[1] ?? 0);
  try {
    // What it prints last of all.
    await until('it started', START_WITHIN_MS, () => (said.includes('To see it heal') ? true : null));
    const url = /http:\/\/localhost:\d+/.exec(said)?.[0]?.replace('localhost', '127.0.0.1') ?? '';
    const addresses = new Map(
      [...said.matchAll(/^ {4}(\S+) +(http:\S+) +process \d+$/gm)].map(([, name = '', at = '']) => [name, at]),
    );
    return {
      url,
      names: [...addresses.keys()],
      pidOf,
      killAndSeeItBack: async (name) => {
        const [before, killedMs] = [pidOf(name), Date.now()];
        process.kill(before, 'SIGKILL');
        await until(`${name} was started again`, BACK_WITHIN_MS, () => (pidOf(name) === before ? null : true));
        await until(`${name} was ready again`, BACK_WITHIN_MS, async () =>
          (await fetch(`${addresses.get(name)}/health/ready`).catch(() => null))?.ok === true ? true : null,
        );
        return Date.now() - killedMs;
      },
      verify: async (journal) => {
        const lines: string[] = [];
        const options = { settleMs: SETTLE_MS, journal, json: true };
        const code = await runVerify(loadSettings(settings), options, (line) => lines.push(line));
        const { verdicts, deadLetters }: { verdicts: { verdict: string }[]; deadLetters: unknown[] } = JSON.parse(lines.join(''));
        return { code, otherwise: [...verdicts.filter(({ verdict }) => verdict !== 'holds'), ...deadLetters] };
      },
      output: () => said,
      stop: () => end('SIGINT'),
      remove,
    };
  } catch (error) {
    await remove();
    throw error;
  }
}
