import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { ERRORS } from '../../contracts/errors.ts';
import { newId } from '../../contracts/ids.ts';
import { createAccessTokens } from '../../platform/auth/access-tokens.ts';
import { identifyUsers } from '../../platform/auth/identify.ts';
import { createServer } from '../../platform/http/server.ts';
import { createLogger } from '../../platform/telemetry/logger.ts';
import { createMetrics } from '../../platform/telemetry/metrics.ts';
import { allowOrigins } from './http/allow-origins.ts';
import { limitRequests } from './http/limit-requests.ts';
import { describeRoutes, serveDocs } from './http/openapi.ts';
import { serveWebApp } from './http/web-app.ts';

const tokens = createAccessTokens({ jwtSecret: 'a-secret-for-tests-only', ttlSeconds: 60 });
const dist = mkdtempSync(join(tmpdir(), 'onsale-gateway-'));
mkdirSync(join(dist, 'assets'));
writeFileSync(join(dist, 'index.html'), '<!doctype html><title>the app</title>');
writeFileSync(join(dist, 'favicon.svg'), '<svg xmlns="http://www.w3.org/2000/svg"/>');
writeFileSync(join(dist, 'assets', 'index-Ab3_xY9z.js'), 'console.log(1)');
afterAll(() => rmSync(dist, { recursive: true, force: true }));

const apps: FastifyInstance[] = [];
afterEach(async () => {
  await Promise.all(apps.splice(0).map((app) => app.close()));
});

function door(options: { perMinute?: number; origins?: string[]; dist?: string } = {}): FastifyInstance {
  const metrics = createMetrics();
  const app = createServer({ logger: createLogger({ level: 'silent' }), metrics, identify: identifyUsers(tokens), public: true });
  apps.push(app);
  limitRequests(app, options.perMinute ?? 0, metrics);
  allowOrigins(app, options.origins ?? []);
  describeRoutes(app, '1.2.3');
  serveDocs(app, '1.2.3');
  serveWebApp(app, options.dist ?? dist);
  // As a service's routes: in a scope of their own, after the gateway's.
  app.register((scope, _options, done) => {
    const Answer = Type.Object({
      eventId: Type.String({ description: 'the <event>' }),
      price: Type.Union([Type.Integer(), Type.Null()]),
    });
    scope.get(
      '/v1/things',
      {
        schema: {
          tags: ['things'],
          querystring: Type.Object({ limit: Type.Optional(Type.Integer()) }),
          response: { 200: Answer },
        },
      },
      async () => ({ eventId: 'e', price: null }),
    );
    scope.post(
      '/v1/things',
      {
        config: { idempotencyKey: 'required' },
        schema: { tags: ['things'], body: Type.Object({ name: Type.String({ maxLength: 9 }) }), response: { 201: Answer } },
      },
      async () => ({ eventId: 'e', price: 1 }),
    );
    done();
  });
  return app;
}

describe('requests beyond the limit', () => {
  const bearer = () => {
    const { accessToken } = tokens.sign({ userId: newId('user'), sessionId: newId('session'), roles: ['customer'] });
    return { authorization: `Bearer ${accessToken}` };
  };

  it('are refused with 429 and when to come back, per user', async () => {
    const app = door({ perMinute: 3 });
    const [alice, bob] = [bearer(), bearer()];
    for (let i = 0; i < 3; i++) expect((await app.inject({ url: '/v1/things', headers: alice })).statusCode).toBe(200);
    const refused = await app.inject({ url: '/v1/things', headers: alice });
    expect(refused.json()).toMatchObject({ status: 429, code: 'RATE_LIMITED' });
    expect(Number(refused.headers['retry-after'])).toBeGreaterThanOrEqual(19);
    expect((await app.inject({ url: '/v1/things', headers: bob })).statusCode).toBe(200);
  });

  it('are counted per address without a valid token; routes that do not exist count too', async () => {
    const app = door({ perMinute: 2 });
    await app.inject('/v1/nothing');
    await app.inject({ url: '/v1/things', headers: { authorization: 'Bearer made.up.token1' } });
    expect((await app.inject({ url: '/v1/things', headers: { authorization: 'Bearer made.up.token2' } })).statusCode).toBe(429);
    expect((await app.inject({ url: '/v1/things', remoteAddress: '192.0.2.9' })).statusCode).toBe(200);
  });

  it('do not include pages, and 0 turns the limit off', async () => {
    const app = door({ perMinute: 1 });
    for (let i = 0; i < 5; i++) expect((await app.inject('/')).statusCode).toBe(200);
    const free = door({ perMinute: 0 });
    for (let i = 0; i < 5; i++) expect((await free.inject('/v1/things')).statusCode).toBe(200);
  });
});

describe('pages of other origins', () => {
  const preflight = {
    origin: 'https://shop.example',
    'access-control-request-method': 'POST',
    'access-control-request-headers': 'authorization',
  };

  it('may call the API when their origin is listed', async () => {
    const app = door({ origins: ['https://shop.example'] });
    const asked = await app.inject({ method: 'OPTIONS', url: '/v1/things', headers: preflight });
    expect([asked.statusCode, asked.headers['access-control-allow-origin']]).toEqual([204, 'https://shop.example']);
    expect(asked.headers['access-control-allow-headers']).toContain('Idempotency-Key');
    const answer = await app.inject({ url: '/v1/things', headers: { origin: 'https://shop.example' } });
    expect(answer.headers['access-control-allow-origin']).toBe('https://shop.example');
    expect(answer.headers['access-control-allow-credentials']).toBeUndefined();
  });

  it('are told nothing when it is not', async () => {
    const app = door({ origins: ['https://shop.example'] });
    const answer = await app.inject({ url: '/v1/things', headers: { origin: 'https://evil.example' } });
    expect(answer.headers['access-control-allow-origin']).toBeUndefined();
    const closed = await door().inject({ method: 'OPTIONS', url: '/v1/things', headers: preflight });
    expect(closed.json()).toMatchObject({ status: 405, code: 'METHOD_NOT_ALLOWED' });
  });

  it('do not change what is no route', async () => {
    const app = door({ origins: ['https://shop.example'] });
    expect((await app.inject('/nothing')).statusCode).toBe(404);
  });
});

describe('the web app', () => {
  it.each(['/', '/events/evt_1', '/events/evt_1?utm_source=mail&x=1&x=2', '/orders/ord_1', '/tickets', '/signin', '/register'])(
    'answers %s with its document, anew each time',
    async (url) => {
      const answer = await door().inject(url);
      expect([answer.statusCode, answer.headers['content-type'], answer.headers['cache-control']]).toEqual([
        200,
        'text/html; charset=utf-8',
        'no-cache',
      ]);
      expect(answer.body).toContain('the app');
      expect(answer.headers['content-security-policy']).toContain("script-src 'self';");
      expect(answer.headers['content-security-policy']).toContain("frame-ancestors 'none'");
    },
  );

  it('keeps hashed files for ever and others not', async () => {
    const app = door();
    const script = await app.inject('/assets/index-Ab3_xY9z.js');
    expect([script.body, script.headers['cache-control']]).toEqual(['console.log(1)', 'public, max-age=31536000, immutable']);
    expect(script.headers['content-type']).toContain('javascript');
    expect((await app.inject('/favicon.svg')).headers['cache-control']).toBe('no-cache');
  });

  it.each(['/assets/none.js', '/../package.json', '/assets/..%2f..%2fpackage.json', '/.env', '/events.html'])(
    'has no file %s',
    async (url) => {
      expect((await door().inject(url)).statusCode).toBe(404);
    },
  );

  it('shows its own page to people at an address that does not exist, and problems to programs', async () => {
    const app = door();
    const opened = await app.inject({ url: '/nowhere', headers: { accept: 'text/html,application/xhtml+xml' } });
    expect([opened.statusCode, opened.body.includes('the app')]).toEqual([404, true]);
    expect(opened.headers['content-security-policy']).toContain("script-src 'self'");
    for (const [url, accept] of [
      ['/nowhere', '*/*'],
      ['/v1/nowhere', 'text/html'],
      ['/assets/old-AAAA1111.js', 'text/html'],
    ] as const) {
      expect((await app.inject({ url, headers: { accept } })).json()).toMatchObject({ code: 'ROUTE_NOT_FOUND' });
    }
  });

  it('says so when it is not built', async () => {
    const answer = await door({ dist: join(dist, 'nowhere') }).inject('/');
    expect(answer.body).toContain('not built');
  });
});

describe('the description of the API', () => {
  it('is OpenAPI 3.1 of the routes of services and of nothing else', async () => {
    const answer = await door().inject('/openapi.json');
    const document = answer.json();
    expect(document.openapi).toBe('3.1.0');
    expect(document.info.version).toBe('1.2.3');
    expect(Object.keys(document.paths)).toEqual(['/v1/things']);
    expect(document.paths['/v1/things'].post.requestBody.content['application/json'].schema).toMatchObject({
      required: ['name'],
      additionalProperties: false,
    });
    const key = { in: 'header', name: 'Idempotency-Key', required: true };
    expect(document.paths['/v1/things'].post.parameters).toEqual([expect.objectContaining(key)]);
    expect(document.paths['/v1/things'].get.responses).toHaveProperty('default');
    const again = await door().inject({ url: '/openapi.json', headers: { 'if-none-match': String(answer.headers['etag']) } });
    expect(again.statusCode).toBe(304);
  });

  it('is readable, without scripts or anything from elsewhere', async () => {
    const app = door();
    const page = await app.inject('/docs');
    expect(page.body).toContain('<code>/v1/things</code>');
    expect(page.body).toContain('price: integer | null');
    expect(page.body).toContain('the &lt;event&gt;');
    expect(page.body).not.toMatch(/<script|style="|https?:\/\//);
    expect(page.headers['content-security-policy']).toContain("default-src 'self'");
    expect((await app.inject('/docs.css')).headers['content-type']).toContain('text/css');
  });

  it('explains every error where its type points', async () => {
    const page = (await door().inject('/docs')).body;
    for (const code of Object.keys(ERRORS)) expect(page).toContain(`id="${code}"`);
  });
});
