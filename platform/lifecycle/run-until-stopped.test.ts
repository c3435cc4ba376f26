import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';

const folder = mkdtempSync(join(tmpdir(), 'onsale-run-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const place = (path: string) => JSON.stringify(fileURLToPath(new URL(path, import.meta.url)));

/** A program of its own whose start, work after the start, and stop are these expressions. */
function program(name: string, { started = 'undefined', stop = "console.log('stopped')" }: { started?: string; stop?: string }) {
  const file = join(folder, `${name}.ts`);
  writeFileSync(
    file,
    `import { runUntilStopped } from ${place('./run-until-stopped.ts')};
     import { createLogger } from ${place('../telemetry/logger.ts')};
     const forever = setInterval(() => undefined, 1000);
     const start = async () => ({ stop: async () => { ${stop}; clearInterval(forever); } });
     const code = await runUntilStopped(createLogger({ level: 'info' }), start, async () => { console.log('started'); ${started}; });
     console.log('ended in order');
     process.exit(code);`,
  );
  const child = spawn(process.execPath, [file], { stdio: ['ignore', 'pipe', 'pipe'] });
  const said = { text: '' };
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => (said.text += String(data)));
  const ended = once(child, 'exit').then(() => ({ code: child.exitCode, text: said.text }));
  const hears = async (text: string): Promise<void> => {
    while (!said.text.includes(text) && child.exitCode === null)
      await Promise.race([once(child.stdout, 'data'), once(child.stderr, 'data'), ended]);
  };
  return { child, ended, hears };
}

describe('a program', () => {
  it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('stops in order at %s', async (signal) => {
    const { child, ended, hears } = program(`order-${signal}`, {});
    await hears('started');
    child.kill(signal);
    const { code, text } = await ended;
    expect(code).toBe(0);
    expect(text).toMatch(/stopped\nended in order/);
  });

  it('ends at once at the second signal', async () => {
    const { child, ended, hears } = program('twice', { stop: 'await new Promise(() => undefined)' });
    await hears('started');
    child.kill('SIGINT');
    await hears('once more ends it at once');
    child.kill('SIGINT');
    expect((await ended).code).toBe(130);
  });

  it.each([
    ['an exception', "setTimeout(() => { throw new Error('boom') })"],
    ['a rejection', "setTimeout(() => void Promise.reject(new Error('boom')))"],
  ])('logs %s that nobody caught, stops and ends with 1', async (_what, started) => {
    const { ended } = program(`crash-${_what.length}`, { started });
    const { code, text } = await ended;
    expect(code).toBe(1);
    expect(text).toContain('boom');
    expect(text).toContain('stopped');
  });

  it('goes on when what follows its start fails', async () => {
    const { child, ended, hears } = program('after', { started: "throw new Error('no demo')" });
    await hears('no demo');
    child.kill('SIGTERM');
    expect((await ended).code).toBe(0);
  });
});
