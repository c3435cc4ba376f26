import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startEmbeddedPostgres } from '../../platform/postgres/embedded/start.ts';
import { openDatabase } from '../../platform/postgres/pool.ts';
import { DEMO_PASSWORD } from '../../demo/accounts.ts';
import { ask } from '../support/ask.ts';
import { filledIn, INSTALLED_AT, readDeployment, ROOT, unitValue } from '../support/deployment.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const { unit, env, readme } = readDeployment();
const ROLE = 'ticket_office';
const PASSWORD = 'a password of their own';

const folder = temporaryFolder();
let server: Awaited<ReturnType<typeof startEmbeddedPostgres>>;
let databaseUrl: string;

/** Somebody's own server, with the role that the README makes there. */
beforeAll(async () => {
  server = await startEmbeddedPostgres({ dataDir: folder, durable: false });
  const admin = openDatabase({ connectionString: server.connectionString('postgres'), name: 'test', poolSize: 1 });
  const [, createRole = ''] = /psql -c "(CREATE ROLE [^"]+)"/.exec(readme) ?? [];
  // The embedded server has a user of that name already, who may do anything; this one may do just what the README says.
  const text = createRole.replace('onsale', ROLE).replace('a password of your own', PASSWORD);
  await admin.run({ name: 'test.role', text });
  await admin.close();
  const url = new URL(server.connectionString('postgres'));
  url.username = ROLE;
  url.password = PASSWORD;
  databaseUrl = url.href;
});
afterAll(async () => {
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function freePort(): Promise<string> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  probe.close();
  return typeof address === 'object' && address !== null ? String(address.port) : '';
}

/** What systemd does with the unit: that command, in that folder, with that environment and nothing else. */
function startAsUnit(settings: Record<string, string>): { child: ChildProcess; said: () => string } {
  const [node = '', ...args] = unitValue(unit, 'ExecStart').split(' ');
  expect(node).toBe('node');
  const inRepository = (path: string): string => join(ROOT, path.slice(INSTALLED_AT.length));
  const child = spawn(
    process.execPath,
    args.map((arg) => (arg.startsWith(INSTALLED_AT) ? inRepository(arg) : arg)),
    { cwd: inRepository(unitValue(unit, 'WorkingDirectory')), env: settings, stdio: ['ignore', 'pipe', 'pipe'] },
  );
  let text = '';
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (data) => (text += String(data)));
  return { child, said: () => text };
}

describe('the unit of deploy/', { timeout: 90_000 }, () => {
  it('runs Onsale in production on a server of its own, without demo, and stops in order', async () => {
    const port = await freePort();
    const { child, said } = startAsUnit({ ...filledIn(env, databaseUrl), PORT: port });
    const url = `http://127.0.0.1:${port}`;
    try {
      const readiness = (): Promise<number> =>
        ask(`${url}/health/ready`, 'GET').then(
          ({ status }) => status,
          () => 0,
        );
      await expect
        .poll(readiness, { timeout: 45_000, interval: 100 })
        .toBe(200)
        .catch((error: unknown) => {
          throw new Error(said(), { cause: error });
        });

      const signIn = { username: 'admin', password: DEMO_PASSWORD };
      expect(await ask(`${url}/v1/users/login`, 'POST', { body: signIn })).toMatchObject({ status: 401 });
      expect(await ask(`${url}/v1/events`, 'GET')).toMatchObject({ status: 200, body: { items: [] } });
      const asked = [...readme.matchAll(/127\.0\.0\.1:8080(\/\S+)/g)].map(([, path = '']) => path);
      for (const path of new Set(asked)) expect(await ask(url + path, 'GET'), path).toMatchObject({ status: 200 });

      expect(said()).not.toContain('Demo');
      child.kill(unitValue(unit, 'KillSignal') === 'SIGTERM' ? 'SIGTERM' : 'SIGKILL');
      expect(await once(child, 'exit')).toEqual([0, null]);
    } finally {
      child.kill('SIGKILL');
    }
  });

  it('does not start with what the example leaves to be filled in, and says why', async () => {
    const { child, said } = startAsUnit({ ...filledIn(env, databaseUrl), JWT_SECRET: 'CHANGE-ME', PORT: '0' });
    expect(await once(child, 'close')).toEqual([1, null]);
    expect(said()).toMatch(/JWT_SECRET must be at least 32 characters/);
    expect(said()).not.toContain('    at ');
  });

  it('says which database server it does not reach, and leaves it to systemd to try again', async () => {
    const { child, said } = startAsUnit({ ...filledIn(env, 'postgres://onsale@127.0.0.1:1/postgres'), PORT: '0' });
    expect(await once(child, 'close')).toEqual([1, null]);
    expect(said()).toContain('The PostgreSQL server at 127.0.0.1:1 cannot be reached');
    expect(said()).not.toContain('    at ');
  });
});
