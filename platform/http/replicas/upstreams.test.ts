import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { afterEach, describe, expect, it } from 'vitest';
import { freePorts } from '../../lifecycle/free-ports.ts';
import { createLogger } from '../../telemetry/logger.ts';
import { createMetrics } from '../../telemetry/metrics.ts';
import { NoAnswer } from '../no-answer.ts';
import { openUpstreams, type UpstreamRequest, type Upstreams } from './upstreams.ts';

const ending: (() => Promise<unknown> | void)[] = [];
afterEach(async () => {
  for (const end of ending.splice(0).toReversed()) await end();
});

type Handler = (request: IncomingMessage, response: ServerResponse) => void;
type TestReplica = { url: string; asked: number; ready: boolean; answer: Handler; server: Server };

/** Answers with its own address, unless told otherwise. */
async function replica(port = 0): Promise<TestReplica> {
  const self: TestReplica = {
    url: '',
    asked: 0,
    ready: true,
    answer: (_request, response) => response.end(self.url),
    server: createServer(),
  };
  self.server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    if (request.url === '/health/ready') return void response.writeHead(self.ready ? 200 : 503).end();
    self.asked += 1;
    return self.answer(request, response);
  });
  self.server.listen(port, '127.0.0.1');
  await once(self.server, 'listening');
  const address = self.server.address();
  self.url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
  ending.push(() => {
    self.server.closeAllConnections();
    self.server.close();
  });
  return self;
}

async function upstreamsTo(...urls: string[]): Promise<Upstreams> {
  const upstreams = await openUpstreams({
    urlsOf: { seating: urls },
    logger: createLogger({ level: 'silent' }),
    metrics: createMetrics(),
  });
  ending.push(upstreams.close);
  return upstreams;
}

async function ask(upstreams: Upstreams, request: Partial<UpstreamRequest> = {}): Promise<string> {
  const answer = await upstreams.send({
    service: 'seating',
    method: 'GET',
    path: '/x',
    headers: {},
    body: undefined,
    key: null,
    timeoutMs: 2_000,
    ...request,
  });
  return text(answer.body);
}
const failure = async (answer: Promise<string>): Promise<NoAnswer> =>
  answer.then(
    () => Promise.reject(new Error('it was answered')),
    (error: unknown) => (error instanceof NoAnswer ? error : Promise.reject(new Error('another error', { cause: error }))),
  );

describe('services in other processes', () => {
  it('are asked in turn', async () => {
    const [one, two] = [await replica(), await replica()];
    const upstreams = await upstreamsTo(one.url, two.url);
    for (let i = 0; i < 10; i++) await ask(upstreams);
    expect([one.asked, two.asked]).toEqual([5, 5]);
  });

  it('that are busy are asked less', async () => {
    const [slow, quick] = [await replica(), await replica()];
    const held: ServerResponse[] = [];
    slow.answer = (_request, response) => void held.push(response);
    const upstreams = await upstreamsTo(slow.url, quick.url);
    const all = Promise.all(Array.from({ length: 2 }, () => ask(upstreams)));
    await expect.poll(() => held.length).toBe(1);
    for (let i = 0; i < 5; i++) expect(await ask(upstreams)).toBe(quick.url);
    held.forEach((response) => response.end('late'));
    expect(new Set(await all)).toEqual(new Set(['late', quick.url]));
  });

  it('that refuse connections are passed over, with writes too: nothing was sent', async () => {
    const [port = 0] = await freePorts(1);
    const there = await replica();
    const upstreams = await upstreamsTo(`http://127.0.0.1:${port}`, there.url);
    for (let i = 0; i < 4; i++) expect(await ask(upstreams, { method: 'POST', body: 'x' })).toBe(there.url);
    expect(there.asked).toBe(4);
  });

  it('come back by themselves when they are there again', async () => {
    const [port = 0] = await freePorts(1);
    const upstreams = await upstreamsTo(`http://127.0.0.1:${port}`);
    expect((await failure(ask(upstreams, { method: 'POST' }))).mayBeDone).toBe(false);
    const back = await replica(port);
    await expect.poll(() => ask(upstreams).catch(() => 'away'), { timeout: 3_000, interval: 20 }).toBe(back.url);
  });

  it('that say they are not ready get nothing more until they are', async () => {
    const [one, two] = [await replica(), await replica()];
    const upstreams = await upstreamsTo(one.url, two.url);
    one.ready = false;
    const threeAnswers = async () => new Set([await ask(upstreams), await ask(upstreams), await ask(upstreams)]);
    await expect.poll(threeAnswers, { timeout: 3_000, interval: 50 }).toEqual(new Set([two.url]));
    one.ready = true;
    await expect.poll(threeAnswers, { timeout: 3_000, interval: 50 }).toEqual(new Set([one.url, two.url]));
  });

  it('whose connection breaks are asked for a read once more, elsewhere or again; a write is sent once', async () => {
    const [bad, good] = [await replica(), await replica()];
    bad.answer = (request) => request.socket.destroy();
    const upstreams = await upstreamsTo(bad.url, good.url);
    for (let i = 0; i < 4; i++) expect(await ask(upstreams)).toBe(good.url);
    const alone = await upstreamsTo(bad.url);
    bad.asked = 0;
    expect((await failure(ask(alone, { method: 'POST', body: 'x' }))).mayBeDone).toBe(true);
    expect(bad.asked).toBe(1);
    bad.answer = (request, response) => (bad.asked === 2 ? request.socket.destroy() : void response.end('well again'));
    expect(await ask(alone)).toBe('well again');
  });

  it('that do not answer in time are not asked again', async () => {
    const hanging = await replica();
    hanging.answer = () => undefined;
    const upstreams = await upstreamsTo(hanging.url);
    const error = await failure(ask(upstreams, { timeoutMs: 50, signal: AbortSignal.timeout(50) }));
    expect([error.mayBeDone, hanging.asked]).toEqual([false, 1]);
  });

  it('get the requests of one key at one replica', async () => {
    const replicas = [await replica(), await replica(), await replica()];
    const upstreams = await upstreamsTo(...replicas.map(({ url }) => url));
    for (let i = 0; i < 9; i++) await ask(upstreams, { method: 'POST', key: 'evt_1' });
    expect(replicas.map(({ asked }) => asked).toSorted()).toEqual([0, 0, 9]);
  });
});
