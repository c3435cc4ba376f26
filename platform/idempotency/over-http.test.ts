import { Type } from 'typebox';
import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newId } from '../../contracts/ids.ts';
import { testDatabase, type TestDatabase } from '../../test/support/postgres.ts';
import { createAccessTokens } from '../auth/access-tokens.ts';
import { identifyUsers } from '../auth/identify.ts';
import { ApiError } from '../http/api-error.ts';
import { createServer } from '../http/server.ts';
import { createLogger } from '../telemetry/logger.ts';
import { createMetrics } from '../telemetry/metrics.ts';
import { answerOfError, refusalOf, replay } from './answer.ts';
import { requireIdempotencyKey } from './idempotency-key.ts';
import { findAnswers } from './in-transaction.ts';
import { withLease } from './with-lease.ts';

const tokens = createAccessTokens({ jwtSecret: 'a-secret-for-tests-only', ttlSeconds: 60 });
const bearer = () =>
  `Bearer ${tokens.sign({ userId: newId('user'), sessionId: newId('session'), roles: ['customer'] }).accessToken}`;

let db: TestDatabase;
let app: FastifyInstance;
let done = 0;

beforeAll(async () => {
  db = await testDatabase([new URL('../migrations', import.meta.url)]);
  app = createServer({
    logger: createLogger({ level: 'silent' }),
    metrics: createMetrics(),
    identify: identifyUsers(tokens),
    public: true,
  });
  const config = { idempotencyKey: 'required' } as const;
  const Body = Type.Object({ what: Type.String() });
  const work = (what: string) => {
    if (what === 'sold out') throw new ApiError('SOLD_OUT', 'None left.', { available: 0 });
    if (what === 'busy') throw new ApiError('OVERLOADED', 'Full.');
    return { what, number: (done += 1) };
  };
  app.post('/in-transaction/:id', { config, schema: { body: Body } }, async (request, reply) => {
    const key = requireIdempotencyKey(request);
    const outcome = await db.database.transaction(async (tx) => {
      const answers = await findAnswers(tx, [key]);
      const decision = answers.decide(key);
      if (decision.kind !== 'RUN') return decision;
      let answer;
      try {
        answer = { status: 201, body: work(Object.assign({ what: '' }, request.body).what) };
      } catch (error) {
        answer = error instanceof ApiError ? answerOfError(error) : null;
        if (answer === null) throw error;
      }
      answers.record(key, answer);
      await answers.save(tx);
      return { kind: 'DONE' as const, answer };
    });
    if (outcome.kind === 'IN_FLIGHT' || outcome.kind === 'REUSED') throw refusalOf(outcome.kind);
    return replay(reply, outcome.answer);
  });
  app.post('/leased', { config, schema: { body: Body } }, async (request, reply) => {
    const outcome = await withLease(db.database, requireIdempotencyKey(request), async (lease) => {
      const answer = { status: 201, body: work(Object.assign({ what: '' }, request.body).what) };
      await db.database.transaction((tx) => lease.finish(tx, answer));
      return answer;
    });
    if (outcome.kind === 'IN_FLIGHT' || outcome.kind === 'REUSED') throw refusalOf(outcome.kind);
    if (outcome.kind === 'REPLAY') return replay(reply, outcome.answer);
    return reply.code(outcome.answer.status).send(outcome.answer.body);
  });
});
afterAll(async () => {
  await app.close();
  await db.drop();
});

describe.each(['/in-transaction/1', '/leased'])('a request with a key to %s', (url) => {
  const post = (authorization: string, key: string | null, what: string) =>
    app.inject({
      method: 'POST',
      url,
      headers: { authorization, ...(key === null ? {} : { 'idempotency-key': key }) },
      payload: { what },
    });

  it('is done once and answered the same again', async () => {
    const alice = bearer();
    const first = await post(alice, 'k', 'x');
    const again = await post(alice, 'k', 'x');
    expect([first.statusCode, again.statusCode]).toEqual([201, 201]);
    expect(again.json()).toEqual(first.json());
    expect(again.headers['idempotent-replayed']).toBe('true');
  });

  it('is another one for another user', async () => {
    const [first, other] = [await post(bearer(), 'k', 'x'), await post(bearer(), 'k', 'x')];
    expect(other.json().number).not.toBe(first.json().number);
  });

  it('needs the key, and the same payload with it', async () => {
    const alice = bearer();
    expect((await post(alice, null, 'x')).json()).toMatchObject({ status: 400, code: 'IDEMPOTENCY_KEY_REQUIRED' });
    expect((await post(alice, 'a\tb', 'x')).json()).toMatchObject({ status: 400, code: 'IDEMPOTENCY_KEY_INVALID' });
    await post(alice, 'k', 'x');
    expect((await post(alice, 'k', 'y')).json()).toMatchObject({ status: 422, code: 'IDEMPOTENCY_KEY_REUSED' });
    expect(
      (await app.inject({ method: 'POST', url, headers: { 'idempotency-key': 'k' }, payload: { what: 'x' } })).statusCode,
    ).toBe(401);
  });

  it('that was refused for a reason of business is refused again, marked as a replay', async () => {
    const alice = bearer();
    expect((await post(alice, 'k', 'sold out')).json()).toMatchObject({ code: 'SOLD_OUT', available: 0 });
    const again = await post(alice, 'k', 'sold out');
    expect(again.json()).toMatchObject({ status: 409, code: 'SOLD_OUT', detail: 'None left.', available: 0 });
    expect(again.headers['idempotent-replayed']).toBe('true');
  });

  it('that met our own fault is tried anew', async () => {
    const alice = bearer();
    expect((await post(alice, 'k', 'busy')).statusCode).toBe(503);
    expect((await post(alice, 'k', 'busy')).headers['idempotent-replayed']).toBeUndefined();
  });
});
