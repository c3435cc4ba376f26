import { get, type IncomingMessage } from 'node:http';
import type { FastifyInstance } from 'fastify';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { createLogger } from '../telemetry/logger.ts';
import { createMetrics } from '../telemetry/metrics.ts';
import { eventFrame, openEventStream, type EventStream } from './event-stream.ts';
import { mountHealth, type HealthCheck } from './health.ts';
import { prebuilt, sendPrebuilt } from './prebuilt.ts';
import { createServer } from './server.ts';

const apps: FastifyInstance[] = [];
afterEach(async () => {
  await Promise.all(apps.splice(0).map((app) => app.close()));
});

const nobody = { identity: null, callingService: null, refusal: null };
const metrics = createMetrics();

function server(): FastifyInstance {
  const app = createServer({
    logger: createLogger({ level: 'silent' }),
    metrics: createMetrics(),
    identify: () => nobody,
    public: true,
  });
  apps.push(app);
  return app;
}

describe('a prebuilt answer', () => {
  const answer = prebuilt({ body: '{"version":7}', cacheControl: 'public, max-age=60' });
  const { etag } = answer.current();

  function withAnswer(): FastifyInstance {
    const app = server();
    app.get('/status', async (request, reply) => sendPrebuilt(request, reply, answer));
    return app;
  }

  it('is sent with its tag, and not again to who has it', async () => {
    const app = withAnswer();
    const first = await app.inject('/status');
    expect(first.json()).toEqual({ version: 7 });
    expect(first.headers).toMatchObject({ etag, 'cache-control': 'public, max-age=60' });
    for (const tag of [etag, `W/${etag}`, `"x", ${etag}`, '*']) {
      const again = await app.inject({ url: '/status', headers: { 'if-none-match': tag } });
      expect([again.statusCode, again.body, again.headers['etag']]).toEqual([304, '', etag]);
    }
    expect((await app.inject({ url: '/status', headers: { 'if-none-match': '"x"' } })).statusCode).toBe(200);
  });

  it('has a tag that follows from its bytes', () => {
    const tag = (body: string) => prebuilt({ body }).current().etag;
    expect(tag('a')).toBe(tag('a'));
    expect(tag('a')).not.toBe(tag('b'));
  });
});

describe('an event stream', () => {
  async function opened(options: { maxUnreadBytes?: number } = {}) {
    const app = server();
    const streams: EventStream[] = [];
    app.get('/stream', (request, reply) => void streams.push(openEventStream(request, reply, options)));
    const url = await app.listen({ port: 0, host: '127.0.0.1' });
    const response = await new Promise<IncomingMessage>((resolve, reject) => get(`${url}/stream`, resolve).on('error', reject));
    const [stream] = streams;
    if (stream === undefined) throw new Error('no stream');
    return { app, stream, response };
  }

  const collect = (response: IncomingMessage) => {
    const seen = { text: '', ended: false };
    response
      .on('data', (data) => (seen.text += String(data)))
      .on('end', () => (seen.ended = true))
      .on('error', () => (seen.ended = true));
    return seen;
  };

  it('sends events in the form of the standard', async () => {
    const { stream, response } = await opened();
    const seen = collect(response);
    stream.send(eventFrame({ event: 'delta', id: 7, data: { a: 1 } }));
    stream.send(eventFrame({ data: 'two\nlines' }));
    await vi.waitFor(() =>
      expect(seen.text).toBe('retry: 2000\n\nevent: delta\nid: 7\ndata: {"a":1}\n\ndata: two\ndata: lines\n\n'),
    );
    expect(response.headers).toMatchObject({
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
    });
  });

  it('tells when the client is gone', async () => {
    const { app, stream, response } = await opened();
    const closed = vi.fn();
    stream.onClose(closed);
    response.destroy();
    await vi.waitFor(() => expect(closed).toHaveBeenCalledOnce());
    expect([stream.open, stream.send(eventFrame({ data: 1 })), app.eventStreams.size]).toEqual([false, false, 0]);
  });

  it('cuts off a reader that does not read, without holding more than its bound', async () => {
    const { stream, response } = await opened({ maxUnreadBytes: 64 * 1024 });
    response.pause();
    const frame = eventFrame({ data: 'x'.repeat(16 * 1024) });
    await vi.waitFor(() => expect(stream.send(frame)).toBe(false), { interval: 1, timeout: 10_000 });
    expect(stream.open).toBe(false);
  });

  it('ends when the server stops', async () => {
    const { app, response } = await opened();
    const seen = collect(response);
    await app.close();
    await vi.waitFor(() => expect(seen.ended).toBe(true));
  });
});

describe('health', () => {
  function withHealth(checks: HealthCheck[], state: 'starting' | 'ready' | 'stopping' = 'ready'): FastifyInstance {
    const app = server();
    mountHealth(app, { checks: () => checks, state: () => state, metrics });
    return app;
  }

  it('is ready when everything works', async () => {
    const answer = await withHealth([{ name: 'seating database', run: async () => 1 }]).inject('/health/ready');
    expect([answer.statusCode, answer.json()]).toEqual([
      200,
      { status: 'up', state: 'ready', checks: [{ name: 'seating database', status: 'up' }] },
    ]);
  });

  it('names what does not work without telling how', async () => {
    const app = withHealth([{ name: 'seating database', run: () => Promise.reject(new Error('password wrong at 10.0.0.1')) }]);
    const answer = await app.inject('/health/ready');
    expect(answer.statusCode).toBe(503);
    expect(answer.headers['retry-after']).toBe('1');
    expect(answer.json().checks).toEqual([{ name: 'seating database', status: 'down', error: 'failed' }]);
    expect((await app.inject('/health')).statusCode).toBe(200);
    expect((await app.inject('/health/live')).statusCode).toBe(200);
  });

  it.each(['starting', 'stopping'] as const)('is not ready while %s', async (state) => {
    expect((await withHealth([], state).inject('/health/ready')).statusCode).toBe(503);
  });

  it('runs its checks once for many who ask', async () => {
    let runs = 0;
    const app = withHealth([{ name: 'x', run: async () => (runs += 1) }]);
    await Promise.all(Array.from({ length: 20 }, () => app.inject('/health/ready')));
    expect(runs).toBe(1);
  });

  it('shows metrics of requests by route pattern', async () => {
    const app = server();
    const own = createMetrics();
    mountHealth(app, { checks: () => [], state: () => 'ready', metrics: own });
    own.counter('onsale_test_total', 'a test').add(3);
    const answer = await app.inject('/metrics');
    expect(answer.headers['content-type']).toContain('text/plain');
    expect(answer.body).toContain('onsale_test_total 3');
  });
});
