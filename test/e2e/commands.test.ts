import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newId } from '../../contracts/ids.ts';
import type { Environment } from '../../platform/config/settings.ts';
import { bury } from '../../platform/event-log/dead-letters.ts';
import { newDomainEvent } from '../../platform/outbox/new-domain-event.ts';
import { clientWith } from '../support/buyer.ts';
import { startSystem, type TestSystem } from '../support/system.ts';

const ONSALE = fileURLToPath(new URL('../../bin/onsale.ts', import.meta.url));

function onsale(args: string[], settings: Environment = {}): Promise<{ code: number; out: string; error: string }> {
  const env = { PATH: process.env['PATH'], HOME: process.env['HOME'], ...settings };
  return new Promise((resolve) => {
    execFile(process.execPath, [ONSALE, ...args], { env }, (error, out, said) =>
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, out, error: said }),
    );
  });
}

describe('onsale', () => {
  it('says its version and its commands', async () => {
    expect((await onsale(['--version'])).out).toMatch(/^\d+\.\d+\.\d+\n$/);
    const { out } = await onsale(['--help']);
    const commands = ['start', 'up', 'config', 'verify', 'backup', 'restore', 'migrate', 'roles', 'dead-letters'];
    for (const command of commands) expect(out).toContain(command);
    expect((await onsale(['sell'])).code).toBe(1);
  });

  it('starts all services or says that it cannot start some', async () => {
    const { code, error } = await onsale(['start', '--services=seating,orders']);
    expect(code).toBe(1);
    expect(error).toMatch(/users is not in this process and has no address: set USERS_URL[^]*set DATABASE_URL/);
    expect(error).not.toContain('    at ');
  });
});

describe('onsale config', () => {
  it('lists every setting with its meaning, default and value, and hides secrets', async () => {
    const { code, out } = await onsale(['config'], {
      PORT: '9000',
      JWT_SECRET: 'j'.repeat(40),
      DATABASE_URL: 'postgres://u:hunter2@db/x',
    });
    expect(code).toBe(0);
    expect(out).toContain('PORT = 9000   (default: 8080)\n    Port to listen on');
    expect(out).toContain('RESERVATION_TTL_SECONDS = 900\n');
    expect(out).not.toMatch(/jjjj|hunter2/);
  });

  it('names what is wrong', async () => {
    const { code, out } = await onsale(['config'], { TAX_PERCENT: 'much' });
    expect(code).toBe(1);
    expect(out).toContain('WRONG: TAX_PERCENT must be');
  });
});

describe('onsale beside a running system', () => {
  let system: TestSystem;
  let settings: Environment;
  beforeAll(async () => {
    system = await startSystem();
    const { urlOf } = system.settings.database;
    const addresses = Object.entries(urlOf).map(([name, url]) => [`${name.toUpperCase().replace('-', '_')}_DATABASE_URL`, url]);
    settings = {
      ...Object.fromEntries(addresses),
      JWT_SECRET: system.settings.auth.jwtSecret,
      INTERNAL_SECRET: system.settings.auth.internalSecret,
    };
  });
  afterAll(() => system.stop());

  it('gives an account its roles, as for the first administrator', async () => {
    const anybody = clientWith(system.url, '', '');
    const account = {
      username: 'grace',
      email: 'grace@example.org',
      password: 'a long password',
      firstName: 'Grace',
      lastName: 'H',
    };
    expect((await anybody.send('POST', '/v1/users/register', account)).status).toBe(201);
    expect(await onsale(['roles', 'grace@example.org', 'admin', 'organizer'], settings)).toMatchObject({ code: 0 });
    const { body } = await anybody.send('POST', '/v1/users/login', { username: 'grace', password: account.password });
    expect(body.user.roles).toEqual(['admin', 'organizer']);

    expect(await onsale(['roles', 'nobody', 'admin'], settings)).toMatchObject({
      code: 1,
      out: expect.stringContaining('no such account'),
    });
    expect(await onsale(['roles', 'grace', 'king'], settings)).toMatchObject({ code: 1, out: expect.stringContaining('roles') });
  });

  it('shows what a service could not handle, and handles it once more, once', async () => {
    expect((await onsale(['dead-letters', 'list'], settings)).out).toBe('No dead letters.\n');

    const eventId = newId('event');
    const time = new Date().toISOString();
    const data = {
      eventId,
      revision: 1,
      venueId: newId('venue'),
      venueName: 'Hall',
      city: 'X',
      country: 'NL',
      name: 'Night',
      eventType: 'CONCERT',
      status: 'UPCOMING',
      organizerId: newId('user'),
      startDate: time,
      endDate: time,
      timezone: 'UTC',
      onSaleAt: time,
      offSaleAt: null,
      currency: 'EUR',
      holdTtlSeconds: null,
      maxTicketsPerUser: 4,
    };
    const event = newDomainEvent({ type: 'event.created', source: '/onsale/catalog', subject: eventId, time, data });
    await bury(system.databaseOf('seating'), 'seating.catalog-events', event, {
      error: new Error('it broke'),
      attempts: 3,
      firstFailedAt: new Date(),
    });

    const { out } = await onsale(['dead-letters', 'list'], settings);
    expect(out).toMatch(/^seating:1 .* seating\.catalog-events {2}event\.created evt_.* tried 3 times\n {4}Error: it broke\n$/);
    expect(await onsale(['dead-letters', 'replay', 'seating:1'], settings)).toMatchObject({
      code: 0,
      out: 'seating:1 was handled.\n',
    });
    expect((await onsale(['dead-letters', 'list'], settings)).out).toBe('No dead letters.\n');
    expect((await onsale(['dead-letters', 'replay', 'seating:1'], settings)).code).toBe(1);
  });

  it.each(['seating:99', 'nobody:1', 'seating:x', 'seating'])('says so when there is no %s', async (id) => {
    const { code, out } = await onsale(['dead-letters', 'replay', id], settings);
    expect(code).toBe(1);
    expect(out).toContain(`no dead letter ${id}`);
  });
});
