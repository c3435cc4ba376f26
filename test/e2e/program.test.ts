import { connect } from 'node:net';
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest';
import { processStart } from '../../platform/postgres/embedded/process-identity.ts';
import { programsInTurn, spawnSystem } from '../support/system.ts';

const programs = programsInTurn();
const { dataDir } = programs;
afterEach(programs.endAll);
afterAll(programs.removeData);

/** A process that has ended and only waits to be buried does not count. */
const alive = (pid: number): boolean => processStart(pid) !== null;

describe('onsale start', { timeout: 120_000 }, () => {
  it('stops in order when told to, and goes on with the same data', async () => {
    const first = await programs.start();
    const postgres = first.postgresPid();
    const account = { username: 'ada', email: 'ada@example.com', password: 'a long password', firstName: 'Ada', lastName: 'L' };
    const json = { 'content-type': 'application/json' };
    const made = await fetch(`${first.url}/v1/users/register`, { method: 'POST', headers: json, body: JSON.stringify(account) });
    expect(made.status).toBe(201);
    expect(await first.stop()).toBe(0);
    expect(alive(postgres)).toBe(false);

    const second = await programs.start();
    const login = await fetch(`${second.url}/v1/users/login`, {
      method: 'POST',
      headers: json,
      body: JSON.stringify({ username: 'ada', password: 'a long password' }),
    });
    expect(login.status).toBe(200);
  });

  it('is refused on a data directory that is in use, and the one that runs does not mind', async () => {
    const first = await programs.start();
    await expect(spawnSystem({ dataDir })).rejects.toThrow(/in use|already/);
    expect((await fetch(`${first.url}/health/ready`)).status).toBe(200);
  });

  it('starts again after it was killed, with the server that it left behind out of the way', async () => {
    const first = await programs.start();
    const orphan = first.postgresPid();
    await first.kill9();
    expect(alive(orphan)).toBe(true);
    const second = await programs.start();
    expect((await fetch(`${second.url}/v1/events`)).status).toBe(200);
    expect(second.postgresPid()).not.toBe(orphan);
  });

  it('names every setting that is wrong and does not start', async () => {
    const wrong = spawnSystem({ settings: { PORT: '99999', TAX_PERCENT: 'much', ONSALE_DMEO: 'true' } });
    const error = await wrong.catch((reason: unknown) => String(reason));
    expect(error).toMatch(/PORT must be[\s\S]*TAX_PERCENT must be/);
    expect(error).toContain('ended with 1');
    expect(error).not.toContain('    at ');
  });

  it('says so when the port is taken', async () => {
    const first = await programs.start();
    const port = new URL(first.url).port;
    const error = await spawnSystem({ settings: { PORT: port } }).catch((reason: unknown) => String(reason));
    expect(error).toContain(`Port ${port} on 127.0.0.1 is in use`);
  });

  it('ends at once at the second signal, also while a request hangs', async () => {
    const system = await programs.start();
    const { port } = new URL(system.url);
    const socket = connect(Number(port), '127.0.0.1');
    // A request whose body never comes holds an orderly stop for as long as it may.
    socket.write('POST /v1/users/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{');
    socket.on('error', () => undefined);
    await vi.waitFor(async () => expect((await fetch(`${system.url}/health/live`)).status).toBe(200));
    const startedMs = performance.now();
    process.kill(system.pid, 'SIGINT');
    await vi.waitFor(() => expect(fetch(`${system.url}/health/live`)).rejects.toThrow(), { timeout: 5_000 });
    expect(await system.stop()).toBe(130);
    expect(performance.now() - startedMs).toBeLessThan(5_000);
    socket.destroy();
  });
});
