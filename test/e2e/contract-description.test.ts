import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ERRORS } from '../../contracts/errors.ts';
import { ask, type Ask } from '../support/ask.ts';
import type { Answer } from '../support/buyer.ts';
import { expectProblem } from '../support/contract.ts';
import { startSystem, type TestSystem } from '../support/system.ts';

/** What the API says of itself, and what holds for whoever asks too much. */

let system: TestSystem;
beforeAll(async () => {
  system = await startSystem();
});
afterAll(() => system.stop());

const call = (method: string, path: string, options: Ask = {}): Promise<Answer> => ask(system.url + path, method, options);
const get = (path: string, options: Ask = {}): Promise<Answer> => call('GET', path, options);

describe('the description of the API', () => {
  const ROUTES = `post /v1/users/register|post /v1/users/login|get /v1/users/me|get /v1/venues|post /v1/venues|get /v1/venues/{venueId}|
    get /v1/events|post /v1/events|get /v1/events/search|get /v1/events/{eventId}|put /v1/events/{eventId}|post /v1/seats/bulk|
    put /v1/seats/sections|get /v1/seats/availability|get /v1/seats/map|get /v1/seats/status|get /v1/seats/stream|
    get /v1/seats/{eventId}/{seatId}|post /v1/seats/reserve|get /v1/seats/reservation/{reservationId}|
    delete /v1/seats/reservation/{reservationId}|post /v1/seats/release|put /v1/seats/block|put /v1/seats/unblock|post /v1/orders|
    get /v1/orders|get /v1/orders/{id}|post /v1/orders/{id}/cancel|get /v1/orders/{id}/tickets|get /v1/tickets|
    get /v1/tickets/{id}/qr.svg|post /v1/charge|get /v1/payments/{id}|get /v1/payments`;

  it('has every public route and no other', async () => {
    const { paths, openapi } = (await get('/openapi.json')).body;
    expect(openapi).toMatch(/^3\.1\./);
    const described = Object.entries<object>(paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method} ${path}`),
    );
    expect(described).toEqual(expect.arrayContaining(ROUTES.split('|').map((route) => route.trim())));
    expect(described.filter((route) => !route.includes(' /v1/'))).toEqual([]);
  });

  it('says of each what it needs, takes and answers', async () => {
    const { paths } = (await get('/openapi.json')).body;
    for (const [path, methods] of Object.entries<Record<string, any>>(paths)) {
      for (const [method, operation] of Object.entries(methods)) {
        const route = `${method} ${path}`;
        expect(operation.summary, route).toEqual(expect.any(String));
        expect(Object.keys(operation.responses.default.content), route).toEqual(['application/problem+json']);
        const named = (operation.parameters ?? []).filter((one: any) => one.in === 'path').map((one: any) => `{${one.name}}`);
        expect(path.match(/\{\w+\}/g) ?? [], route).toEqual(named);
        const answer = await call(method.toUpperCase(), path.replaceAll(/\{\w+\}/g, 'x'), method === 'get' ? {} : { body: {} });
        expect(answer.status === 401, `${route} needs a user`).toBe(operation.security !== undefined);
      }
    }
    const key = paths['/v1/charge'].post.parameters.find((one: any) => one.name === 'Idempotency-Key');
    expect(key).toMatchObject({ in: 'header', required: true });
  });

  it('has a page for people, and the system says how it is', async () => {
    const page = await get('/docs');
    expect(page.headers.get('content-type')).toContain('text/html');
    for (const code of Object.keys(ERRORS)) expect(page.body).toContain(`id="${code}"`);
    expect((await get('/health/live')).status).toBe(200);
    const ready = await get('/health/ready');
    expect(ready.status).toBe(200);
    const names = ready.body.checks.map((check: { name: string }) => check.name);
    expect(names).toEqual(expect.arrayContaining(['gateway', 'users', 'catalog', 'seating', 'orders', 'payments']));
    expect((await get('/health')).body.status).toBe('up');
    expect((await get('/metrics')).body).toMatch(/^onsale_http_request_seconds_count\{/m);
  });
});

describe('the rate limit', () => {
  it('answers 429 and when to come back, to each user for themselves', async () => {
    const limited = await startSystem({ settings: { RATE_LIMIT_PER_MINUTE: '2' } });
    try {
      const { token } = limited.signIn('customer');
      const answers: Answer[] = [];
      for (let i = 0; i < 2; i++) answers.push(await ask(`${limited.url}/v1/events`, 'GET', { token }));
      expect(answers.map(({ status }) => status)).toEqual([200, 200]);
      expectProblem(await ask(`${limited.url}/v1/events`, 'GET', { token }), 'RATE_LIMITED');
      expect((await ask(`${limited.url}/v1/events`, 'GET', { token: limited.signIn('customer').token })).status).toBe(200);
    } finally {
      await limited.stop();
    }
  });
});
