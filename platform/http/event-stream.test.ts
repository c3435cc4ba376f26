import { get, type IncomingMessage } from 'node:http';
import { fastify, type FastifyInstance } from 'fastify';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { createLogger } from '../telemetry/logger.ts';
import { createMetrics } from '../telemetry/metrics.ts';
import { eventFrame, keepEventStreams, openEventStream, type EventStream } from './event-stream.ts';
import { createServer } from './server.ts';

const apps: FastifyInstance[] = [];
afterEach(async () => {
  vi.useRealTimers();
  await Promise.all(apps.splice(0).map((app) => app.close()));
});

async function opened(): Promise<{ stream: EventStream; response: IncomingMessage; beat: () => void }> {
  const identify = () => ({ identity: null, callingService: null, refusal: null });
  const app = createServer({ logger: createLogger({ level: 'silent' }), metrics: createMetrics(), identify, public: true });
  apps.push(app);
  const streams: EventStream[] = [];
  app.get('/stream', (request, reply) => void streams.push(openEventStream(request, reply)));
  const url = await app.listen({ port: 0, host: '127.0.0.1' });
  const response = await new Promise<IncomingMessage>((resolve, reject) => get(`${url}/stream`, resolve).on('error', reject));
  const [stream] = streams;
  if (stream === undefined) throw new Error('no stream');
  return { stream, response, beat: () => app.eventStreams.forEach((one) => one.beat()) };
}

const FRAME = eventFrame({ data: 'x'.repeat(16 * 1024) });

/** Sends until the reader, which does not read, is behind. */
async function fill(stream: EventStream): Promise<number> {
  let frames = 0;
  while (stream.ready && frames < 10_000) {
    stream.send(FRAME);
    frames++;
    await new Promise(setImmediate);
  }
  return frames;
}

describe('a reader that does not read', () => {
  it('is behind after little was kept for it, and ready again when it has read', async () => {
    const { stream, response } = await opened();
    response.pause();
    const drained = vi.fn();
    stream.onDrain(drained);
    expect(await fill(stream)).toBeLessThan(10_000);
    expect([stream.ready, stream.open, drained.mock.calls.length]).toEqual([false, true, 0]);
    response.resume();
    await vi.waitFor(() => expect(drained).toHaveBeenCalledOnce());
    expect(stream.ready).toBe(true);
  });

  it('is cut off after a minute', async () => {
    const { stream, response, beat } = await opened();
    response.pause();
    response.on('error', () => undefined);
    await fill(stream);
    for (let beats = 0; beats < 4; beats++) beat();
    expect(stream.open).toBe(true);
    beat();
    expect(stream.open).toBe(false);
  });
});

describe('heartbeats', () => {
  it('go to streams that were sent nothing else', async () => {
    const { stream, response, beat } = await opened();
    let text = '';
    response.on('data', (data) => (text += String(data)));
    stream.send(eventFrame({ data: 1 }));
    await new Promise(setImmediate);
    beat();
    beat();
    await vi.waitFor(() => expect(text).toBe('retry: 2000\n\ndata: 1\n\n:\n\n'));
  });

  it.each([1, 7, 1_000])('come to each of %d streams once in an interval, spread over it', async (count) => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    const app = fastify();
    apps.push(app);
    keepEventStreams(app);
    const beats = Array.from({ length: count }, () => vi.fn());
    for (const beat of beats) app.eventStreams.add({ beat, close: () => undefined } as never);
    vi.advanceTimersByTime(3 * 15_000);
    for (const beat of beats) expect(Math.abs(beat.mock.calls.length - 3)).toBeLessThanOrEqual(1);
    const all = () => beats.reduce((sum, beat) => sum + beat.mock.calls.length, 0);
    const before = all();
    vi.advanceTimersByTime(250);
    expect(all() - before).toBeLessThanOrEqual(Math.ceil(count / 60) + 1);
  });
});
