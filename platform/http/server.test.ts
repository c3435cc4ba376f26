import { connect } from 'node:net';
import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import { afterEach, describe, expect, it } from 'vitest';
import { newId } from '../../contracts/ids.ts';
import { createAccessTokens } from '../auth/access-tokens.ts';
import { identifyUsers } from '../auth/identify.ts';
import { CREDENTIAL_HEADER } from '../auth/internal-credentials.ts';
import { CommitOutcomeUnknown } from '../postgres/errors.ts';
import { createLogger } from '../telemetry/logger.ts';
import { createMetrics } from '../telemetry/metrics.ts';
import { ApiError } from './api-error.ts';
import { requireRole, requireUser } from './request.ts';
import { createServer } from './server.ts';

const tokens = createAccessTokens({ jwtSecret: 'a-secret-for-tests-only', ttlSeconds: 60 });
const user = { userId: newId('user'), sessionId: newId('session'), roles: ['customer'] as const };
const bearer = { authorization: `Bearer ${tokens.sign(user).accessToken}` };

const Body = Type.Object({
  eventId: Type.String(),
  eventType: Type.Optional(Type.Union([Type.Literal('CONCERT'), Type.Literal('SPORTS')])),
  seatIds: Type.Optional(Type.Array(Type.Integer({ minimum: 1 }))),
  note: Type.Optional(Type.Union([Type.String(), Type.Null()])),
  inner: Type.Optional(Type.Object({ startDate: Type.String({ format: 'date-time' }) })),
});

const apps: FastifyInstance[] = [];

function server(options: { logged?: string[] } = {}): FastifyInstance {
  const write = (line: string): void => void options.logged?.push(line);
  const logger = createLogger({ level: options.logged === undefined ? 'silent' : 'info', destination: { write } });
  const app = createServer({ logger, metrics: createMetrics(), identify: identifyUsers(tokens), public: true });
  apps.push(app);
  app.post('/things', { schema: { body: Body } }, async (request) => ({ got: request.body }));
  app.get(
    '/things',
    {
      schema: {
        querystring: Type.Object({
          limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 100 })),
          q: Type.Optional(Type.String()),
        }),
      },
    },
    async (request) => request.query,
  );
  app.get('/things/:id', async (request) => request.params);
  app.delete('/things/:id', async () => null);
  app.post('/actions', async () => ({ done: true }));
  app.get('/me', async (request) => requireUser(request));
  app.get('/admin', async (request) => requireRole(request, 'organizer', 'admin'));
  app.get('/credential', async (request) => ({
    credential: request.headers[CREDENTIAL_HEADER] ?? null,
    traceparent: request.traceparent,
  }));
  return app;
}

afterEach(async () => {
  await Promise.all(apps.splice(0).map((app) => app.close()));
});

describe('a request body', () => {
  const post = (payload: unknown, app = server()) =>
    app.inject({
      method: 'POST',
      url: '/things',
      headers: { 'content-type': 'application/json' },
      payload: typeof payload === 'string' ? payload : JSON.stringify(payload),
    });

  it('is answered when it fits the schema', async () => {
    expect((await post({ eventId: 'e', seatIds: [1] })).json()).toEqual({ got: { eventId: 'e', seatIds: [1] } });
  });

  it('with an unknown field is refused with the nearest known name', async () => {
    const answer = await post({ eventId: 'e', event_type: 'CONCERT', setaIds: [1], zzz: 1 });
    expect(answer.statusCode).toBe(400);
    expect(answer.headers['content-type']).toContain('application/problem+json');
    expect(answer.json()).toMatchObject({
      status: 400,
      code: 'VALIDATION_FAILED',
      errors: [
        { path: '$.event_type', hint: 'eventType' },
        { path: '$.setaIds', hint: 'seatIds' },
        { path: '$.zzz', message: 'is not a known field' },
      ],
    });
  });

  it('is closed at every depth', async () => {
    const answer = await post({ eventId: 'e', inner: { startDate: '2026-01-01T00:00:00Z', start_date: 'x' } });
    expect(answer.json().errors).toEqual([{ path: '$.inner.start_date', message: 'is not a known field', hint: 'startDate' }]);
  });

  it('is told all its faults, each once and where it is', async () => {
    const answer = await post({ eventType: 'OPERA', seatIds: [1, 0, 'x'], note: 5, inner: { startDate: 'tomorrow' } });
    const told = new Map(answer.json().errors.map((error: { path: string; message: string }) => [error.path, error.message]));
    expect(told.get('$.eventId')).toBe('is required');
    expect(told.get('$.eventType')).toBe('must be one of: CONCERT, SPORTS');
    expect(told.get('$.seatIds[1]')).toBe('must be >= 1');
    expect(told.get('$.seatIds[2]')).toBe('must be integer');
    expect(told.get('$.note')).toBe('must be string or must be null');
    expect(told.get('$.inner.startDate')).toContain('date-time');
    expect(told.size).toBe(6);
  });

  it('with thousands of faults is told few', async () => {
    const answer = await post({ eventId: 'e', seatIds: Array.from({ length: 5000 }, () => 'x') });
    expect(answer.json().errors).toHaveLength(1);
    const fewer = await post({ eventId: 'e', seatIds: Array.from({ length: 1000 }, () => 'x') });
    expect(fewer.json().errors).toHaveLength(20);
  });

  it('means what it says: no text is turned into a number', async () => {
    expect((await post({ eventId: 7 })).statusCode).toBe(400);
    expect((await post({ eventId: 'e', seatIds: ['1'] })).statusCode).toBe(400);
  });

  it('that is not JSON is MALFORMED_JSON and does not repeat what was sent', async () => {
    const answer = await post('{"eventId": secret-value');
    expect(answer.json()).toMatchObject({ status: 400, code: 'MALFORMED_JSON' });
    expect(answer.body).not.toContain('secret-value');
  });

  it.each(['{"eventId":"e","__proto__":{"x":1}}', '{"eventId":"e","constructor":{"prototype":{}}}'])(
    'with a prototype key is refused: %s',
    async (text) => {
      expect((await post(text)).json()).toMatchObject({ status: 400, code: 'VALIDATION_FAILED' });
    },
  );

  it.each(['{"eventId":"a\\u0000b"}', '{"eventId":"\\ud800"}', '{"a\\u0000":1,"eventId":"e"}'])(
    'with text that PostgreSQL cannot store is refused: %s',
    async (text) => {
      expect((await post(text)).json()).toMatchObject({ status: 400, code: 'VALIDATION_FAILED' });
    },
  );

  it.each(['{"eventId":"\\ud83d\\ude00"}', '{"eventId":"\\\\u0000"}'])('with other escapes is text as any: %s', async (text) => {
    expect((await post(text)).statusCode).toBe(200);
  });

  it('of one of several kinds is judged by the kind that was meant', async () => {
    const Shape = Type.Union([
      Type.Object({ kind: Type.Literal('ROUND'), radius: Type.Integer() }, { additionalProperties: false }),
      Type.Object({ kind: Type.Literal('SQUARE'), side: Type.Integer() }, { additionalProperties: false }),
    ]);
    const app = server();
    app.post('/shapes', { schema: { body: Type.Object({ shapes: Type.Array(Shape) }) } }, async () => 'ok');
    const shapes = [
      { kind: 'ROUND', raduis: 1 },
      { kind: 'SQUARE', side: 'x' },
      { kind: 'OVAL', side: 1 },
    ];
    const answer = await app.inject({ method: 'POST', url: '/shapes', payload: { shapes } });
    expect(answer.json().errors).toEqual([
      { path: '$.shapes[0].radius', message: 'is required' },
      { path: '$.shapes[0].raduis', message: 'is not a known field', hint: 'radius' },
      { path: '$.shapes[1].side', message: 'must be integer' },
      { path: '$.shapes[2].kind', message: 'must be one of: ROUND, SQUARE' },
    ]);
  });

  it('with a text of another form is told the form in words', async () => {
    const app = server();
    const Code = Type.String({ pattern: '^[A-Z]{3}$', description: 'three capitals' });
    app.post('/codes', { schema: { body: Type.Object({ code: Code }) } }, async () => 'ok');
    const answer = await app.inject({ method: 'POST', url: '/codes', payload: { code: 'abc' } });
    expect(answer.json().detail).toBe('$.code is not of the form: three capitals');
  });

  it('that is far too large is answered to a client that is still sending it', async () => {
    const url = await server().listen({ port: 0, host: '127.0.0.1' });
    const body = JSON.stringify({ eventId: 'x'.repeat(9_000_000) });
    const answer = await fetch(`${url}/things`, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
    expect([answer.status, JSON.parse(await answer.text()).code]).toEqual([413, 'PAYLOAD_TOO_LARGE']);
  });

  it('missing where one is needed is said so', async () => {
    const answer = await server().inject({ method: 'POST', url: '/things' });
    expect(answer.json()).toMatchObject({ status: 400, errors: [{ path: '$', message: 'a JSON body is required' }] });
  });

  it('of another kind is 415, too large is 413', async () => {
    const app = server();
    const text = await app.inject({ method: 'POST', url: '/things', headers: { 'content-type': 'text/plain' }, payload: 'x' });
    expect(text.json()).toMatchObject({ status: 415, code: 'UNSUPPORTED_MEDIA_TYPE' });
    const large = await post({ eventId: 'x'.repeat(70_000) }, app);
    expect(large.json()).toMatchObject({ status: 413, code: 'PAYLOAD_TOO_LARGE' });
  });

  it('may have a schema per content type, and is needed and closed all the same', async () => {
    const app = server();
    app.register((scope, _options, done) => {
      scope.addContentTypeParser('text/csv', { parseAs: 'string' }, (_request, text, parsed) => parsed(null, text));
      const content = {
        'application/json': { schema: Type.Object({ eventId: Type.String() }) },
        'text/csv': { schema: Type.String() },
      };
      scope.post('/import', { schema: { body: { content } } }, async (request) => ({ got: request.body }));
      done();
    });
    const send = (type: string | null, payload?: string) =>
      app.inject({
        method: 'POST',
        url: '/import',
        headers: type === null ? {} : { 'content-type': type },
        ...(payload === undefined ? {} : { payload }),
      });
    expect((await send(null)).json()).toMatchObject({ status: 400, code: 'VALIDATION_FAILED' });
    expect((await send('application/json')).statusCode).toBe(400);
    expect((await send('application/json', '{"event_id":"e"}')).json().errors).toContainEqual({
      path: '$.event_id',
      message: 'is not a known field',
      hint: 'eventId',
    });
    expect((await send('text/csv', 'a,b')).json()).toEqual({ got: 'a,b' });
    expect((await send('text/plain', 'a')).statusCode).toBe(415);
  });

  it('is refused by a route that takes none', async () => {
    const app = server();
    const post = (payload: object) => app.inject({ method: 'POST', url: '/actions', payload });
    expect((await post({ reason: 'x' })).json()).toMatchObject({ status: 400, errors: [{ path: '$.reason' }] });
    expect((await post({})).statusCode).toBe(200);
    expect(
      (await app.inject({ method: 'POST', url: '/actions', headers: { 'content-type': 'application/json' } })).statusCode,
    ).toBe(200);
  });
});

describe('a query string', () => {
  const get = (query: string) => server().inject({ method: 'GET', url: `/things${query}` });

  it('is turned into numbers', async () => expect((await get('?limit=5')).json()).toEqual({ limit: 5 }));

  it.each([
    '?limit=',
    '?limit=x',
    '?limit=0',
    '?limit=101',
    '?limit=1.5',
    '?limit=1e400',
    '?limit=-Infinity',
    '?limit=1&limit=2',
    '?Limit=1',
    '?q=%00',
  ])('is refused: %s', async (query) => {
    expect((await get(query)).json()).toMatchObject({ status: 400, code: 'VALIDATION_FAILED' });
  });

  it('with an unknown parameter is refused with a hint, also by a route that names none', async () => {
    expect((await get('?limits=1')).json().errors).toEqual([
      { path: 'query.limits', message: 'is not a known query parameter', hint: 'limit' },
    ]);
    expect((await server().inject('/things/1?x=1')).statusCode).toBe(400);
  });
});

describe('a path', () => {
  it('of no route is 404, of a route with another method is 405 with Allow', async () => {
    const app = server();
    expect((await app.inject('/nothing')).json()).toMatchObject({ status: 404, code: 'ROUTE_NOT_FOUND' });
    const wrong = await app.inject({ method: 'PUT', url: '/things/1' });
    expect(wrong.json()).toMatchObject({ status: 405, code: 'METHOD_NOT_ALLOWED' });
    expect(wrong.headers['allow']).toBe('DELETE, GET, HEAD');
  });

  it.each(['/things/%', '/things/%ff', '/things/%00'])('that cannot be read is 400: %s', async (url) => {
    expect((await server().inject(url)).json()).toMatchObject({ status: 400, code: 'VALIDATION_FAILED' });
  });

  it('with an endless part is 404', async () => {
    expect((await server().inject(`/things/${'x'.repeat(300)}`)).json()).toMatchObject({ status: 404 });
  });
});

describe('an error', () => {
  async function thrown(error: Error, logged?: string[]) {
    const app = server(logged === undefined ? {} : { logged });
    app.get('/throws', async () => Promise.reject(error));
    return app.inject('/throws');
  }

  it('of ours carries its code, extensions, trace id and Retry-After', async () => {
    const answer = await thrown(new ApiError('OVERLOADED', 'Full.', { queued: 3 }, 2.2));
    expect(answer.headers['retry-after']).toBe('3');
    expect(answer.json()).toEqual({
      type: '/docs#OVERLOADED',
      title: 'Too busy at the moment',
      status: 503,
      detail: 'Full.',
      code: 'OVERLOADED',
      traceId: expect.stringMatching(/^[0-9a-f]{32}$/),
      queued: 3,
    });
  });

  it('that nobody expected is INTERNAL, logged, and leaks nothing', async () => {
    const logged: string[] = [];
    const answer = await thrown(new Error('password is hunter2'), logged);
    expect(answer.json()).toMatchObject({ status: 500, code: 'INTERNAL' });
    expect(answer.body).not.toContain('hunter2');
    expect(logged.join()).toContain('hunter2');
    expect(logged.join()).toContain(answer.json().traceId);
  });

  it('of the database says whether anything was done', async () => {
    const lost = Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' });
    expect((await thrown(lost)).json()).toMatchObject({ status: 503, code: 'SERVICE_UNAVAILABLE' });
    const unknown = await thrown(new CommitOutcomeUnknown(lost));
    expect(unknown.json()).toMatchObject({ status: 503, code: 'OUTCOME_UNKNOWN' });
    expect(unknown.headers['retry-after']).toBe('1');
  });
});

describe('every answer', () => {
  it('bears a request id: the one given, else the trace id', async () => {
    const app = server();
    expect((await app.inject({ url: '/things', headers: { 'x-request-id': 'abc-1' } })).headers['x-request-id']).toBe('abc-1');
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    const traced = await app.inject({ url: '/credential', headers: { traceparent, 'x-request-id': 'a b\n' } });
    expect(traced.headers['x-request-id']).toBe('0af7651916cd43dd8448eb211c80319c');
    expect(traced.json().traceparent).toMatch(/^00-0af7651916cd43dd8448eb211c80319c-[0-9a-f]{16}-01$/);
    expect(traced.json().traceparent).not.toBe(traceparent);
  });

  it('bears them also when its path cannot be read', async () => {
    const { statusCode, headers } = await server().inject('/things/%zz');
    expect(statusCode).toBe(400);
    expect(headers['x-request-id']).toMatch(/^[0-9a-f]{32}$/);
    expect(headers['content-security-policy']).toContain("default-src 'none'");
  });

  it('is kept by no cache unless its route says otherwise', async () => {
    const app = server();
    app.get('/public', async (_request, reply) => reply.header('cache-control', 'max-age=60').send('x'));
    const [own, open] = await Promise.all([app.inject('/things/1'), app.inject('/public')]);
    expect([own.headers['cache-control'], open.headers['cache-control']]).toEqual(['no-store', 'max-age=60']);
  });

  it('bears security headers', async () => {
    const { headers } = await server().inject('/things');
    expect(headers['x-content-type-options']).toBe('nosniff');
    expect(headers['content-security-policy']).toContain("default-src 'none'");
  });
});

describe('who asks', () => {
  it('is the user of the token', async () => {
    const app = server();
    expect((await app.inject({ url: '/me', headers: bearer })).json()).toMatchObject({ kind: 'user', userId: user.userId });
    expect((await app.inject({ url: '/admin', headers: bearer })).json()).toMatchObject({ status: 403, code: 'FORBIDDEN' });
  });

  it('is nobody without one, and a bad one does not hinder public routes', async () => {
    const app = server();
    const none = await app.inject('/me');
    expect(none.json()).toMatchObject({ status: 401, code: 'UNAUTHENTICATED' });
    expect(none.headers['www-authenticate']).toContain('Bearer');
    const bad = { authorization: 'Bearer x.y.z' };
    expect((await app.inject({ url: '/me', headers: bad })).statusCode).toBe(401);
    expect((await app.inject({ url: '/things', headers: bad })).statusCode).toBe(200);
  });

  it('cannot bring an internal credential through the public door', async () => {
    const answer = await server().inject({ url: '/credential', headers: { [CREDENTIAL_HEADER]: 'x' } });
    expect(answer.json().credential).toBeNull();
  });
});

describe('bytes that are no request', () => {
  it.each([
    ['NONSENSE\r\n\r\n', 400, 'VALIDATION_FAILED'],
    [`GET / HTTP/1.1\r\nHost: x\r\nX-Long: ${'x'.repeat(20_000)}\r\n\r\n`, 431, 'HEADERS_TOO_LARGE'],
  ])('are answered with a problem document: %#', async (bytes, status, code) => {
    const app = server();
    await app.listen({ port: 0, host: '127.0.0.1' });
    const address = app.server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const answer = await new Promise<string>((resolve, reject) => {
      let text = '';
      const socket = connect(port, '127.0.0.1', () => socket.write(bytes));
      socket.on('data', (data) => (text += data.toString()));
      socket.on('end', () => resolve(text)).on('error', reject);
    });
    expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    expect(JSON.parse(answer.split('\r\n\r\n')[1] ?? '')).toMatchObject({ status, code });
  });
});
