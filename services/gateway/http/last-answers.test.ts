import type { FastifyInstance, FastifyReply } from 'fastify';
import { Type } from 'typebox';
import { afterEach, describe, expect, it } from 'vitest';
import { createServer } from '../../../platform/http/server.ts';
import { createLogger } from '../../../platform/telemetry/logger.ts';
import { createMetrics, type Metrics } from '../../../platform/telemetry/metrics.ts';
import { serveLastAnswers } from './last-answers.ts';

const LATE_AFTER_MS = 50;
const forEverybody = 'public, max-age=0, stale-if-error=60';
const apps: FastifyInstance[] = [];
afterEach(async () => {
  await Promise.all(apps.splice(0).map((app) => app.close()));
});

const Query = Type.Object({
  limit: Type.Optional(Type.Integer()),
  sort: Type.Optional(Type.String()),
  q: Type.Optional(Type.String()),
});

type Answer = (reply: FastifyReply) => unknown;

/** A door with one service behind it that answers as the test says. */
function door(): { app: FastifyInstance; metrics: Metrics; answerWith(answer: Answer): void } {
  const metrics = createMetrics();
  const identify = () => ({ identity: null, callingService: null, refusal: null });
  const app = createServer({ logger: createLogger({ level: 'silent' }), metrics, identify, public: true });
  apps.push(app);
  serveLastAnswers(app, metrics, LATE_AFTER_MS);
  let answer: Answer = () => null;
  app.register((scope, _options, done) => {
    for (const url of ['/v1/events', '/v1/events/:id'])
      scope.get(url, { schema: { querystring: Query } }, async (_request, reply) => answer(reply));
    scope.post('/v1/events', async (_request, reply) => answer(reply));
    done();
  });
  return { app, metrics, answerWith: (next) => (answer = next) };
}

const publicly =
  (body: object): Answer =>
  (reply) => {
    reply.header('cache-control', forEverybody);
    return body;
  };
const fail: Answer = () => {
  throw new Error('the database is away');
};
const hang: Answer = () => new Promise(() => undefined);

describe('the last answers of a service', () => {
  it('are given in its place while it fails, marked with their age', async () => {
    const { app, answerWith, metrics } = door();
    answerWith(publicly({ items: [1] }));
    const fresh = await app.inject('/v1/events?limit=2&sort=name');
    expect([fresh.statusCode, fresh.headers['age'], fresh.headers['x-onsale-stale']]).toEqual([200, undefined, undefined]);
    answerWith(fail);
    const stale = await app.inject('/v1/events?sort=name&limit=2');
    expect(stale.statusCode).toBe(200);
    expect(stale.json()).toEqual({ items: [1] });
    expect(stale.headers).toMatchObject({
      'content-type': fresh.headers['content-type'],
      age: '0',
      warning: '111 - "Revalidation Failed"',
      'x-onsale-stale': 'true',
      'cache-control': 'no-store',
    });
    expect((await metrics.expose()).text).toContain('onsale_stale_answers_total 1');
    answerWith(publicly({ items: [2] }));
    expect((await app.inject('/v1/events?sort=name&limit=2')).json()).toEqual({ items: [2] });
  });

  it('are given when it does not answer in time', async () => {
    const { app, answerWith } = door();
    answerWith(publicly({ items: [1] }));
    await app.inject('/v1/events');
    answerWith(hang);
    const stale = await app.inject('/v1/events');
    expect([stale.statusCode, stale.headers['x-onsale-stale'], stale.json()]).toEqual([200, 'true', { items: [1] }]);
  });

  it('are only those of the same question', async () => {
    const { app, answerWith } = door();
    answerWith(publicly({ items: [1] }));
    await app.inject('/v1/events');
    answerWith(fail);
    expect((await app.inject('/v1/events?q=other')).statusCode).toBe(500);
    expect((await app.inject({ method: 'POST', url: '/v1/events' })).statusCode).toBe(500);
  });

  it.each(['no-store', 'private, stale-if-error=60', 'max-age=60'])('are not kept when they say %s', async (cacheControl) => {
    const { app, answerWith } = door();
    answerWith((reply) => {
      reply.header('cache-control', cacheControl);
      return { draft: true };
    });
    await app.inject('/v1/events');
    answerWith(fail);
    expect((await app.inject('/v1/events')).statusCode).toBe(500);
  });

  it('are forgotten once the thing is gone', async () => {
    const { app, answerWith } = door();
    answerWith(publicly({ eventId: 1 }));
    await app.inject('/v1/events/1');
    answerWith((reply) => reply.code(404).send({}));
    await app.inject('/v1/events/1');
    answerWith(fail);
    expect((await app.inject('/v1/events/1')).statusCode).toBe(500);
  });
});
