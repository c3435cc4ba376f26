import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { get } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest';
import { newId } from '../../contracts/ids.ts';
import { startSystem, type TestSystem } from '../../test/support/system.ts';
import { openEventStream } from '../http/event-stream.ts';
import { requireUser } from '../http/request.ts';
import { appendToOutbox } from '../outbox/append.ts';
import { newDomainEvent } from '../outbox/new-domain-event.ts';
import { sql } from '../postgres/database.ts';
import type { ServiceContext, ServiceDefinition } from './service.ts';

const folder = mkdtempSync(join(tmpdir(), 'onsale-lifecycle-'));
mkdirSync(join(folder, 'migrations'));
writeFileSync(join(folder, 'migrations', '0001_greeting.sql'), 'CREATE TABLE greeting (name text PRIMARY KEY)');
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const migrations = pathToFileURL(join(folder, 'migrations/'));
const insert = sql('test.greet', 'INSERT INTO greeting (name) VALUES ($1)');

const systems: TestSystem[] = [];
afterEach(async () => {
  for (const system of systems.splice(0)) await system.stop();
});

async function start(...definitions: ServiceDefinition[]): Promise<TestSystem> {
  const system = await startSystem({ definitions, settings: { LOG_LEVEL: 'silent' } });
  systems.push(system);
  return system;
}

/** Writes a name and says so on the log; asks the other service who calls. */
function users(happened: string[]): ServiceDefinition {
  return {
    name: 'users',
    database: { name: 'userdb', migrations },
    create: ({ database, services, wakeRelay, clock }: ServiceContext) => ({
      start: async () => void happened.push('users started'),
      stop: async () => void happened.push('users stopped'),
      publicRoutes: (app) => {
        app.post('/v1/greetings/:name', async (request, reply) => {
          const userId = newId('user');
          const { name } = Object.assign({ name: '' }, request.params);
          const time = clock.now().toISOString();
          const named = { userId, username: name, email: 'x@example.com', firstName: name, lastName: name };
          const event = newDomainEvent({
            type: 'user.registered',
            source: '/onsale/users',
            subject: userId,
            time,
            traceparent: request.traceparent,
            data: { ...named, membership: 'REGULAR', registeredAt: time },
          });
          await database.transaction(async (tx) => {
            await tx.run(insert, [name]);
            await appendToOutbox(tx, [{ topic: 'user.events', key: userId, events: [event] }]);
          });
          wakeRelay();
          return reply.code(201).send({ userId });
        });
        app.get('/v1/whoami', async (request) =>
          services.call('catalog', '/internal/caller', { onBehalfOf: requireUser(request), traceparent: request.traceparent }),
        );
      },
    }),
  };
}

function catalog(seen: string[], happened: string[] = []): ServiceDefinition {
  return {
    name: 'catalog',
    database: { name: 'catalogdb', migrations },
    create: ({ database }: ServiceContext) => {
      let runs = 0;
      return {
        publicRoutes: (app) => {
          app.get('/v1/slow', async () => {
            happened.push('slow began');
            await vi.waitFor(() => expect(happened).toContain('go on'), { timeout: 10_000 });
            return { done: true };
          });
          app.get('/v1/stream', (request, reply) => {
            openEventStream(request, reply);
          });
        },
        internalRoutes: (app) => {
          app.get('/internal/caller', async (request) => ({ service: request.callingService, identity: request.identity }));
        },
        subscriptions: [
          {
            group: 'catalog.registered',
            topics: ['user.events'],
            types: ['user.registered'],
            database,
            handle: async (tx, events) => {
              for (const event of events) await tx.run(insert, [event.subject]);
              seen.push(...events.map(({ subject }) => subject));
            },
          },
        ],
        tails: [
          { topic: 'user.events', onRecord: (events) => void happened.push(...events.map(({ subject }) => `tail ${subject}`)) },
        ],
        jobs: [
          {
            name: 'count',
            everyMs: 5,
            run: async () => {
              runs += 1;
              if (runs === 1) throw new Error('the first run fails');
              happened.push('job ran again');
            },
          },
        ],
      };
    },
  };
}

describe('services in one process', () => {
  it('call one another, with the service and the user proven', async () => {
    const system = await start(users([]), catalog([]));
    const { userId, token } = system.signIn('customer');
    const answer = await fetch(`${system.url}/v1/whoami`, { headers: { authorization: `Bearer ${token}` } });
    expect(await answer.json()).toMatchObject({ service: 'users', identity: { kind: 'user', userId } });
  });

  it('have no internal route at the public door', async () => {
    const system = await start(users([]), catalog([]));
    expect((await fetch(`${system.url}/internal/caller`)).status).toBe(404);
  });

  it('learn of one another by the log, live and once', async () => {
    const [seen, happened]: string[][] = [[], []];
    const system = await start(users([]), catalog(seen ?? [], happened ?? []));
    const { userId } = (await (await fetch(`${system.url}/v1/greetings/ada`, { method: 'POST' })).json()) as { userId: string };
    await vi.waitFor(() => expect(seen).toEqual([userId]));
    await vi.waitFor(() => expect(happened).toContain(`tail ${userId}`));
  });

  it('run their jobs again and again, also after one failed', async () => {
    const happened: string[] = [];
    await start(catalog([], happened));
    await vi.waitFor(() => expect(happened).toContain('job ran again'));
  });

  it('are ready by name, with what they depend on', async () => {
    const system = await start(users([]), catalog([]));
    const answer = await fetch(`${system.url}/health/ready`);
    expect(await answer.json()).toEqual({
      status: 'up',
      state: 'ready',
      checks: ['event-log', 'users', 'catalog'].map((name) => ({ name, status: 'up' })),
    });
  });
});

describe('the end', () => {
  it('waits for requests under way, ends streams, takes no more, and stops services last', async () => {
    const happened: string[] = [];
    const system = await start(users(happened), catalog([], happened));
    const slow = fetch(`${system.url}/v1/slow`).then(async (answer) => {
      happened.push('slow answered');
      return answer.json();
    });
    const streamEnded = new Promise<void>((resolve) =>
      get(`${system.url}/v1/stream`, (answer) => answer.on('end', resolve).resume()),
    );
    await vi.waitFor(() => expect([happened.includes('slow began'), system.app.eventStreams.size]).toEqual([true, 1]));
    const stopped = system.stop();
    await streamEnded;
    await vi.waitFor(() => expect(fetch(`${system.url}/v1/slow`)).rejects.toThrow());
    expect(happened).not.toContain('users stopped');
    happened.push('go on');
    expect(await slow).toEqual({ done: true });
    await stopped;
    expect(happened.filter((what) => what === 'slow answered' || what === 'users stopped')).toEqual([
      'slow answered',
      'users stopped',
    ]);
  });

  it('comes to what was started when a later step fails', async () => {
    const happened: string[] = [];
    const failing: ServiceDefinition = {
      name: 'orders',
      create: () => ({ start: () => Promise.reject(new Error('cannot start')) }),
    };
    await expect(start(users(happened), failing)).rejects.toThrow('cannot start');
    expect(happened).toEqual(['users started', 'users stopped']);
  });
});
