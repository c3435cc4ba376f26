import { once } from 'node:events';
import { createServer as createHttpServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import { afterEach, describe, expect, it } from 'vitest';
import { newId } from '../../../contracts/ids.ts';
import { createAccessTokens } from '../../auth/access-tokens.ts';
import { identifyUsers } from '../../auth/identify.ts';
import { createCredentialIssuer, createCredentialVerifier } from '../../auth/internal-credentials.ts';
import { createLogger } from '../../telemetry/logger.ts';
import { createMetrics } from '../../telemetry/metrics.ts';
import { SIGNED_IN } from '../access.ts';
import { openUpstreams } from '../replicas/upstreams.ts';
import { createServer } from '../server.ts';
import { forwardMarkedScopes, forwardRoutes } from './forward.ts';

const SECRET = 'an internal secret of these tests';
const tokens = createAccessTokens({ jwtSecret: 'a secret for the tokens of users', ttlSeconds: 60 });
const ending: (() => Promise<unknown> | void)[] = [];
afterEach(async () => {
  for (const end of ending.splice(0).toReversed()) await end();
});

type Asked = { url: string; headers: IncomingMessage['headers']; body: string };

/** A gateway in front of a service that notes what it is asked and answers as told. */
async function gatewayTo(answer: (request: IncomingMessage, response: ServerResponse) => void) {
  const asked: Asked[] = [];
  const service = createHttpServer((request, response) => {
    if (request.url === '/health/ready') return void response.end();
    let body = '';
    request.on('data', (data) => (body += String(data)));
    request.on('end', () => {
      asked.push({ url: request.url ?? '', headers: request.headers, body });
      answer(request, response);
    });
  }).listen(0, '127.0.0.1');
  await once(service, 'listening');
  const address = service.address();
  const [logger, metrics] = [createLogger({ level: 'silent' }), createMetrics()];
  const urls = [`http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`];
  const upstreams = await openUpstreams({ urlsOf: { orders: urls }, logger, metrics });
  const app: FastifyInstance = createServer({ logger, metrics, identify: identifyUsers(tokens), public: true });
  forwardMarkedScopes(app);
  app.register((scope, _options, done) => {
    const credentialFor = createCredentialIssuer({ internalSecret: SECRET, service: 'gateway' });
    forwardRoutes(scope, { service: 'orders', upstreams, credentialFor });
    const own = async () => ({ answeredBy: 'the gateway itself' });
    scope.get('/v1/things', { schema: { querystring: Type.Object({ limit: Type.Integer() }) } }, own);
    scope.post('/v1/things', { schema: { body: Type.Object({ name: Type.String() }), security: SIGNED_IN } }, own);
    // Services may have scopes of their own.
    scope.register(async (inner) => inner.get('/v1/inner', own));
    done();
  });
  ending.push(
    () => void service.close(),
    () => upstreams.close(),
    () => app.close(),
    () => service.closeAllConnections(),
  );
  return { app, asked };
}

function onlyOne(asked: readonly Asked[]): Asked {
  const [first] = asked;
  if (first === undefined || asked.length > 1) throw new Error(`${asked.length} requests arrived`);
  return first;
}

const ok = (_request: IncomingMessage, response: ServerResponse) =>
  void response.setHeader('content-type', 'application/json').end('{"from":"orders"}');

describe('routes of a service in another process', () => {
  it('are answered there, wherever in its scopes they stand, with nothing of the request looked at here', async () => {
    const { app, asked } = await gatewayTo(ok);
    for (const path of ['/v1/things?limit=many&x=%20', '/v1/inner'])
      expect((await app.inject(path)).json()).toEqual({ from: 'orders' });
    expect(asked.map(({ url }) => url)).toEqual(['/v1/things?limit=many&x=%20', '/v1/inner']);
  });

  it('are told who asks by a credential for them alone, and not by what the client says', async () => {
    const { app, asked } = await gatewayTo(ok);
    const userId = newId('user');
    const token = tokens.sign({ userId, sessionId: newId('session'), roles: ['customer'] }).accessToken;
    const headers = {
      authorization: `Bearer ${token}`,
      'content-type': 'application/json',
      'idempotency-key': 'k',
      'x-onsale-credential': 'forged',
      'x-onsale-service': 'payments',
      'x-onsale-visitor': 'nobody',
      'x-forwarded-for': '6.6.6.6',
      connection: 'x-mine',
      'x-mine': 'of the connection',
    };
    await app.inject({ method: 'POST', url: '/v1/things', headers, payload: '{"name":"ü"}', remoteAddress: '10.1.2.3' });
    const { headers: told, body } = onlyOne(asked);
    expect(body).toBe('{"name":"ü"}');
    expect(told).toMatchObject({ 'x-onsale-service': 'orders', 'x-forwarded-for': '10.1.2.3', 'idempotency-key': 'k' });
    expect(told).not.toHaveProperty('authorization');
    expect(told).not.toHaveProperty('x-onsale-visitor');
    expect(told).not.toHaveProperty('x-mine');
    const credential = String(told['x-onsale-credential']);
    const verify = (service: 'orders' | 'payments') => createCredentialVerifier({ internalSecret: SECRET, service })(credential);
    expect(verify('orders')).toMatchObject({ ok: true, value: { service: 'gateway', user: { userId } } });
    expect(verify('payments').ok).toBe(false);
  });

  it('are told when nobody is signed in, and why a token does not count', async () => {
    const { app, asked } = await gatewayTo(ok);
    await app.inject('/v1/things');
    await app.inject({ url: '/v1/things', headers: { authorization: 'Bearer nonsense' } });
    expect(asked.map(({ headers }) => headers['x-onsale-visitor'])).toEqual(['nobody', 'UNAUTHENTICATED']);
  });

  it('are not troubled by those who may not, or with too much', async () => {
    const { app, asked } = await gatewayTo(ok);
    expect((await app.inject({ method: 'POST', url: '/v1/things', payload: { name: 'x' } })).statusCode).toBe(401);
    const token = tokens.sign({ userId: newId('user'), sessionId: newId('session'), roles: ['customer'] }).accessToken;
    const headers = { authorization: `Bearer ${token}` };
    const large = await app.inject({ method: 'POST', url: '/v1/things', headers, payload: { name: 'x'.repeat(70_000) } });
    expect([large.statusCode, asked]).toEqual([413, []]);
  });

  it('keep the headers of their answers but for those between services', async () => {
    const { app } = await gatewayTo((_request, response) => {
      response.writeHead(429, {
        'content-type': 'application/problem+json',
        'retry-after': '7',
        'set-cookie': ['a=1', 'b=2'],
        'x-onsale-secret': 'x',
        'cache-control': 'max-age=5',
        vary: 'accept-encoding',
      });
      response.end('{}');
    });
    const { statusCode, headers } = await app.inject('/v1/things');
    expect(statusCode).toBe(429);
    expect(headers).toMatchObject({
      'retry-after': '7',
      'set-cookie': ['a=1', 'b=2'],
      'cache-control': 'max-age=5',
      vary: 'accept-encoding',
    });
    expect(headers).not.toHaveProperty('x-onsale-secret');
    expect(headers['x-content-type-options']).toBe('nosniff');
  });

  it('that break off say whether it may have been done', async () => {
    const { app } = await gatewayTo((request) => request.socket.destroy());
    expect((await app.inject('/v1/things')).json()).toMatchObject({
      status: 503,
      code: 'SERVICE_UNAVAILABLE',
      service: 'orders',
    });
    const token = tokens.sign({ userId: newId('user'), sessionId: newId('session'), roles: ['customer'] }).accessToken;
    const post = await app.inject({
      method: 'POST',
      url: '/v1/things',
      headers: { authorization: `Bearer ${token}` },
      payload: { name: 'x' },
    });
    expect(post.json()).toMatchObject({ status: 503, code: 'OUTCOME_UNKNOWN' });
    expect(post.headers['retry-after']).toBe('1');
  });
});
