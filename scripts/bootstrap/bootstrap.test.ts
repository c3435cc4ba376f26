import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../test/support/temporary-folder.ts';

const SCRIPTS = fileURLToPath(new URL('..', import.meta.url));
const WAIT_STEP_MS = 20;
const WAIT_AT_MOST_MS = 15_000;

/** A program that tells what it got and can be left running. */
const PROGRAM = `
process.on('SIGTERM', () => { console.log('got SIGTERM'); process.exit(4); });
process.on('SIGINT', () => { console.log('got SIGINT'); setTimeout(() => process.exit(7), 600); });
console.log(JSON.stringify({ pid: process.pid, args: process.argv.slice(2), typed: 1 as number }));
if (process.argv.includes('--wait')) setInterval(() => undefined, 1000);
else process.exitCode = process.argv.includes('--fail') ? 3 : 0;
`;

let root: string;
let running: ChildProcess[];
beforeEach(() => {
  running = [];
  root = temporaryFolder();
  for (const name of ['bootstrap.mjs', 'bootstrap'])
    cpSync(join(SCRIPTS, name), join(root, 'scripts', name), { recursive: true });
  write('bin/onsale.ts', PROGRAM);
  write('web/package.json', { name: 'web', version: '1.0.0' });
  write('package.json', { name: 'fixture', version: '1.0.0', type: 'module', workspaces: ['web'] });
  write('package-lock.json', {
    name: 'fixture',
    version: '1.0.0',
    lockfileVersion: 3,
    packages: {
      '': { name: 'fixture', version: '1.0.0', workspaces: ['web'] },
      'node_modules/web': { resolved: 'web', link: true },
      web: { version: '1.0.0' },
    },
  });
});
afterEach(() => {
  for (const child of running) if (child.exitCode === null) child.kill('SIGKILL');
  rmSync(root, { recursive: true, force: true });
});

function write(path: string, content: string | object): void {
  mkdirSync(join(root, path, '..'), { recursive: true });
  writeFileSync(join(root, path), typeof content === 'string' ? content : JSON.stringify(content));
}

type Run = { child: ChildProcess; output: () => string; errors: () => string; code: Promise<number | null> };

function bootstrap(...args: string[]): Run {
  const child = spawn(process.execPath, [join(root, 'scripts', 'bootstrap.mjs'), ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  running.push(child);
  let output = '';
  let errors = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
  const code = new Promise<number | null>((resolve) => child.once('close', resolve));
  return { child, output: () => output, errors: () => errors, code };
}

async function until(condition: () => boolean): Promise<void> {
  const deadlineMs = Date.now() + WAIT_AT_MOST_MS;
  while (!condition()) {
    if (Date.now() > deadlineMs) throw new Error('waited for too long');
    await delay(WAIT_STEP_MS);
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !existsSync(`/proc/${pid}/stat`) || !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'latin1'));
  } catch {
    return false;
  }
}

describe('the bootstrap', () => {
  it('installs the packages once, saying so, and then runs the command with its arguments', async () => {
    const first = bootstrap('config', '--', '--x=1');
    expect(await first.code).toBe(0);
    expect(first.errors()).toMatch(/^Onsale: installing packages … \d+\.\d s\n$/);
    expect(JSON.parse(first.output())).toMatchObject({ args: ['config', '--', '--x=1'] });
    const second = bootstrap('config');
    expect(await second.code).toBe(0);
    expect(second.errors()).toBe('');
  });

  it('installs again when the lock file asks for something else', async () => {
    await bootstrap('config').code;
    write('local/package.json', { name: 'local', version: '1.0.0' });
    write('package.json', { name: 'fixture', version: '1.0.0', type: 'module', workspaces: ['web', 'local'] });
    const lock = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as { packages: Record<string, object> };
    Object.assign(lock.packages, {
      '': { name: 'fixture', version: '1.0.0', workspaces: ['web', 'local'] },
      'node_modules/local': { resolved: 'local', link: true },
      local: { version: '1.0.0' },
    });
    write('package-lock.json', lock);
    const again = bootstrap('config');
    expect(await again.code).toBe(0);
    expect(again.errors()).toContain('installing packages');
    expect(existsSync(join(root, 'node_modules', 'local', 'package.json'))).toBe(true);
  });

  it('shows what npm said when it fails, and fails', async () => {
    write('package.json', { name: 'fixture', version: '1.0.0', workspaces: ['web'], dependencies: { missing: 'file:nowhere' } });
    const failed = bootstrap('config');
    expect(await failed.code).toBe(1);
    expect(failed.errors()).toMatch(
      /installing packages … failed after[^]*npm could not install the packages and said:\nnpm error[^]*in sync/,
    );
    expect(failed.output()).toBe('');
    expect(readdirSync(join(root, '.cache'))).toEqual([]);
  });

  it('lets one of several install while the others wait', async () => {
    const runs = [bootstrap('config'), bootstrap('config'), bootstrap('config')];
    expect(await Promise.all(runs.map(({ code }) => code))).toEqual([0, 0, 0]);
    expect(runs.filter(({ errors }) => errors().includes('installing packages'))).toHaveLength(1);
  });

  it('takes over the lock of a start that was killed', async () => {
    write('.cache/bootstrap.lock', '999999999');
    utimesSync(join(root, '.cache', 'bootstrap.lock'), new Date(0), new Date(0));
    expect(await bootstrap('config').code).toBe(0);
  });

  it('builds the web app when its sources changed, and only then', async () => {
    const build = `node -e "require('fs').mkdirSync('dist',{recursive:true});require('fs').writeFileSync('dist/index.html','built')"`;
    write('web/package.json', { name: 'web', version: '1.0.0', scripts: { build } });
    const first = bootstrap('start');
    expect(await first.code).toBe(0);
    expect(first.errors()).toContain('building the web app');
    expect(readFileSync(join(root, 'web', 'dist', 'index.html'), 'utf8')).toBe('built');
    const second = bootstrap('start');
    expect(await second.code).toBe(0);
    expect(second.errors()).toBe('');
    write('web/src/page.ts', 'export {};');
    const third = bootstrap('start');
    expect(await third.code).toBe(0);
    expect(third.errors()).toContain('building the web app');
  });

  it('ends with the exit code of the command', async () => {
    expect(await bootstrap('config', '--fail').code).toBe(3);
  });

  it('passes one Ctrl-C on once and waits for the command to end', async () => {
    const run = bootstrap('config', '--wait');
    await until(() => run.output().includes('"pid"'));
    // What a terminal and npm make of one Ctrl-C.
    run.child.kill('SIGINT');
    run.child.kill('SIGINT');
    expect(await run.code).toBe(7);
    expect(run.output().match(/got SIGINT/g)).toHaveLength(1);
  });

  it('stops the command also when it is killed itself', async () => {
    const run = bootstrap('config', '--wait');
    await until(() => run.output().includes('"pid"'));
    const { pid } = JSON.parse(run.output()) as { pid: number };
    run.child.kill('SIGKILL');
    await until(() => !isRunning(pid));
    expect(run.output()).toContain('got SIGTERM');
  });
});

describe('the lock files', () => {
  it('name a package for every platform, so that npm ci takes them on each, and no registry', () => {
    for (const path of ['../package-lock.json', 'runtime/package-lock.json']) {
      const text = readFileSync(join(SCRIPTS, path), 'utf8');
      expect(text).not.toMatch(/https?:\/\/[^"]*\.tgz/);
      const packages = (JSON.parse(text) as { packages: Record<string, { optionalDependencies?: Record<string, string> }> })
        .packages;
      const names = new Set(Object.keys(packages).map((place) => place.replace(/^.*node_modules\//, '')));
      const wanted = Object.values(packages).flatMap(({ optionalDependencies = {} }) => Object.keys(optionalDependencies));
      expect(
        wanted.filter((name) => !names.has(name)),
        'run: node scripts/complete-lock.mjs',
      ).toEqual([]);
    }
  });
});
