import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import { afterEach, describe, expect, it } from 'vitest';
import { newId } from '../../contracts/ids.ts';
import { identifyServices } from '../auth/identify.ts';
import type { UserIdentity } from '../auth/identity.ts';
import { createCredentialVerifier } from '../auth/internal-credentials.ts';
import { createLogger } from '../telemetry/logger.ts';
import { createMetrics } from '../telemetry/metrics.ts';
import { ApiError } from './api-error.ts';
import { createServiceClient } from './create-service-client.ts';
import { openUpstreams } from './replicas/upstreams.ts';
import { requireService, requireUser } from './request.ts';
import { createServer } from './server.ts';
import type { ServiceClient } from './service-client.ts';
import { httpTransport, inProcessTransport } from './transports.ts';

const SECRET = 'internal-secret-for-tests';
const user: UserIdentity = { kind: 'user', userId: newId('user'), sessionId: newId('session'), roles: ['customer'] };
const ending: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const end of ending.splice(0).toReversed()) await end();
});

function seatingServer(): FastifyInstance & { asked: () => number } {
  let asked = 0;
  const identify = identifyServices(createCredentialVerifier({ internalSecret: SECRET, service: 'seating' }));
  const app = createServer({ logger: createLogger({ level: 'silent' }), metrics: createMetrics(), identify, public: false });
  app.addHook('preHandler', async (request) => void requireService(request));
  app.get('/internal/who', async (request) => ({
    caller: request.callingService,
    identity: request.identity,
    traceparent: request.traceparent,
  }));
  app.get('/internal/user', async (request) => requireUser(request));
  app.post('/internal/echo', { schema: { body: Type.Object({ text: Type.String() }) } }, async (request, reply) =>
    reply.code(201).send(request.body),
  );
  app.delete('/internal/thing', async (_request, reply) => reply.code(204).send());
  app.get('/internal/refuses', async () => Promise.reject(new ApiError('SOLD_OUT', 'None left.', { available: 0 })));
  app.get('/internal/busy', async () => Promise.reject(new ApiError('OVERLOADED', 'Full.', {}, 7)));
  app.get('/internal/fails', async () => Promise.reject(new Error('secret detail')));
  app.get('/internal/hangs', async () => ((asked += 1), new Promise(() => undefined)));
  ending.push(() => app.close());
  return Object.assign(app, { asked: () => asked });
}

async function inProcess(secret: string) {
  const server = seatingServer();
  await server.ready();
  const transport = inProcessTransport((service) => (service === 'seating' ? server : undefined));
  return { server, client: createServiceClient({ service: 'orders', internalSecret: secret, transport }) };
}

async function overHttp(secret: string) {
  const server = seatingServer();
  const url = await server.listen({ port: 0, host: '127.0.0.1' });
  const urlsOf = { seating: [url], payments: ['http://127.0.0.1:1'] };
  const upstreams = await openUpstreams({ urlsOf, logger: createLogger({ level: 'silent' }), metrics: createMetrics() });
  ending.push(upstreams.close);
  return {
    server,
    client: createServiceClient({ service: 'orders', internalSecret: secret, transport: httpTransport(upstreams) }),
  };
}

describe.each([
  ['in the same process', inProcess],
  ['over HTTP', overHttp],
])('a call between services %s', (_name, start) => {
  const refused = (client: ServiceClient, path: string, options = {}) =>
    client.call('seating', path, options).then(
      () => null,
      (error: unknown) => error,
    );

  it('proves the caller and carries the trace', async () => {
    const { client } = await start(SECRET);
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    const answer = await client.call<{ traceparent: string }>('seating', '/internal/who', { traceparent });
    expect(answer).toMatchObject({ caller: 'orders', identity: { kind: 'service', service: 'orders' } });
    expect(answer.traceparent).toContain('0af7651916cd43dd8448eb211c80319c');
  });

  it('carries the user on whose behalf it is made', async () => {
    const { client } = await start(SECRET);
    expect(await client.call('seating', '/internal/who', { onBehalfOf: user })).toMatchObject({
      caller: 'orders',
      identity: user,
    });
    expect(await client.call('seating', '/internal/user', { onBehalfOf: user })).toEqual(user);
  });

  it('sends and receives bodies', async () => {
    const { client } = await start(SECRET);
    expect(await client.call('seating', '/internal/echo', { method: 'POST', body: { text: 'ü' } })).toEqual({ text: 'ü' });
    expect(await client.call('seating', '/internal/thing', { method: 'DELETE' })).toBeUndefined();
  });

  it('gives problems as errors with their code, extensions and Retry-After', async () => {
    const { client } = await start(SECRET);
    expect(await refused(client, '/internal/refuses')).toMatchObject({
      code: 'SOLD_OUT',
      message: 'None left.',
      extensions: { available: 0 },
    });
    expect(await refused(client, '/internal/busy')).toMatchObject({ code: 'OVERLOADED', retryAfterSeconds: 7 });
    expect(await refused(client, '/internal/fails')).toMatchObject({ code: 'INTERNAL' });
    expect(await refused(client, '/internal/echo', { method: 'POST', body: { txt: 'x' } })).toMatchObject({
      code: 'VALIDATION_FAILED',
      extensions: { errors: expect.any(Array) },
    });
    expect(await refused(client, '/internal/nothing')).toMatchObject({ code: 'ROUTE_NOT_FOUND' });
  });

  it('with another key is not a client error: it is ours', async () => {
    const { client } = await start('another-secret');
    const error = await refused(client, '/internal/who');
    expect(error).not.toBeInstanceOf(ApiError);
    expect(String(error)).toContain('did not accept our credential');
  });

  it('that gets no answer is SERVICE_UNAVAILABLE; a read is tried twice, a write once', async () => {
    const { client, server } = await start(SECRET);
    expect(await refused(client, '/internal/hangs', { timeoutMs: 40 })).toMatchObject({ code: 'SERVICE_UNAVAILABLE' });
    expect(server.asked()).toBe(2);
    const elsewhere = await client.call('payments', '/internal/x', { method: 'POST', body: {} }).catch((error: unknown) => error);
    expect(elsewhere).toMatchObject({ code: 'SERVICE_UNAVAILABLE', extensions: { service: 'payments' } });
  });

  it('is not even tried for a moment after many got no answer', async () => {
    const { client, server } = await start(SECRET);
    for (let i = 0; i < 8; i++) await refused(client, '/internal/hangs', { timeoutMs: 5 });
    const before = server.asked();
    expect(await refused(client, '/internal/hangs', { timeoutMs: 5 })).toMatchObject({ code: 'SERVICE_UNAVAILABLE' });
    expect(server.asked()).toBe(before);
  });
});
