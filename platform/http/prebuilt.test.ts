import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import type { FastifyInstance } from 'fastify';
import { afterEach, describe, expect, it } from 'vitest';
import { createLogger } from '../telemetry/logger.ts';
import { createMetrics } from '../telemetry/metrics.ts';
import { prebuiltFrom, sendPrebuilt, type Prebuilt, type Representation } from './prebuilt.ts';
import { createServer } from './server.ts';

const apps: FastifyInstance[] = [];
afterEach(async () => {
  await Promise.all(apps.splice(0).map((app) => app.close()));
});

function serverOf(answer: Prebuilt): FastifyInstance {
  const identify = () => ({ identity: null, callingService: null, refusal: null });
  const app = createServer({ logger: createLogger({ level: 'silent' }), metrics: createMetrics(), identify, public: true });
  app.addHook('onRequest', async (request, reply) => {
    if (request.headers.origin !== undefined) reply.header('vary', 'origin');
  });
  app.get('/it', (request, reply) => void sendPrebuilt(request, reply, answer));
  apps.push(app);
  return app;
}

/** An answer whose contents can be moved on, and how often each was looked at. */
function changing(size: number) {
  const bodyOf = (version: number) => `{"version":${version},"text":"${'ab'.repeat(size / 2)}"}`;
  let now: Representation = { body: bodyOf(1), etag: '"1"' };
  const answer = prebuiltFrom(() => now, { effort: 'often' });
  return {
    answer,
    bodyOf,
    moveTo: (version: number) => {
      const body = bodyOf(version);
      now = { body: size > 16_000 ? Buffer.from(body) : body, etag: `"${version}"` };
    },
  };
}

const inflate = { br: brotliDecompressSync, gzip: gunzipSync };

describe('an answer in several codings', () => {
  it.each([
    ['br', 2_000],
    ['gzip', 2_000],
    ['br', 90_000],
    ['gzip', 90_000],
  ] as const)('says the same in %s as without (%d bytes)', async (encoding, size) => {
    const { answer, bodyOf } = changing(size);
    const app = serverOf(answer);
    const plain = await app.inject('/it');
    expect([plain.body, plain.headers['content-encoding'], plain.headers['vary']]).toEqual([
      bodyOf(1),
      undefined,
      'accept-encoding',
    ]);
    const packed = await app.inject({ url: '/it', headers: { 'accept-encoding': encoding, origin: 'https://shop.example' } });
    expect(packed.headers).toMatchObject({
      'content-encoding': encoding,
      vary: 'origin, accept-encoding',
      etag: `"1-${encoding}"`,
      'content-length': String(packed.rawPayload.length),
      'content-type': 'application/json; charset=utf-8',
    });
    expect(packed.rawPayload.length).toBeLessThan(size / 4);
    expect(inflate[encoding](packed.rawPayload).toString()).toBe(bodyOf(1));
  });

  it('leaves what fits into a packet as it is', async () => {
    const small = await serverOf(changing(500).answer).inject({ url: '/it', headers: { 'accept-encoding': 'br' } });
    expect([small.headers['content-encoding'], small.headers['etag']]).toEqual([undefined, '"1"']);
  });

  it('is not sent again to who has it in whatever coding', async () => {
    const { answer, moveTo } = changing(2_000);
    const app = serverOf(answer);
    for (const tag of ['"1"', '"1-br"', '"1-gzip"', 'W/"1-br"', '"0", "1-gzip"']) {
      const again = await app.inject({ url: '/it', headers: { 'if-none-match': tag, 'accept-encoding': 'br' } });
      expect([again.statusCode, again.body], tag).toEqual([304, '']);
      expect(tag).toContain(again.headers['etag']);
    }
    moveTo(2);
    const changed = await app.inject({ url: '/it', headers: { 'if-none-match': '"1-br"', 'accept-encoding': 'br' } });
    expect([changed.statusCode, changed.headers['etag']]).toEqual([200, '"2-br"']);
  });

  it('is compressed once for all who ask at once, and not again', async () => {
    const { answer } = changing(90_000);
    const [first, ...others] = await Promise.all(Array.from({ length: 100 }, async () => answer.encoded('br')));
    expect(others.every((other) => other === first)).toBe(true);
    expect(answer.encoded('br')).toBe(first);
  });

  it('is never older than the request, however fast it changes', async () => {
    const { answer, moveTo } = changing(20_000);
    const asked: Promise<[number, Representation]>[] = [];
    for (let version = 2; version <= 200; version++) {
      moveTo(version);
      const found = Promise.resolve(answer.encoded('gzip'));
      asked.push(found.then((representation) => [version, representation]));
      if (version % 20 === 0) await new Promise(setImmediate);
    }
    const answers = await Promise.all(asked);
    for (const [version, { etag }] of answers) expect(Number(etag.slice(1, -6))).toBeGreaterThanOrEqual(version);
    // Not one for each version: those that come meanwhile share the next.
    expect(new Set(answers.map(([, representation]) => representation)).size).toBeLessThan(30);
  });
});
