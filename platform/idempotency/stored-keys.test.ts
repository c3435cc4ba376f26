import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { testDatabase, type TestDatabase } from '../../test/support/postgres.ts';
import { ApiError } from '../http/api-error.ts';
import { sql } from '../postgres/database.ts';
import { payloadHash, type IdempotencyKey } from './idempotency-key.ts';
import { IdempotencyRace, findAnswers } from './in-transaction.ts';
import { purgeIdempotencyKeys } from './purge.ts';
import { LeaseLost, withLease, type Lease } from './with-lease.ts';

let db: TestDatabase;
beforeAll(async () => {
  db = await testDatabase([new URL('../migrations', import.meta.url)]);
});
afterAll(() => db.drop());

function newKey(payload: unknown = 1): IdempotencyKey {
  return { scope: 'POST /things usr_1', key: randomUUID(), requestHash: payloadHash(payload) };
}

const answer = { status: 201, body: { id: 'x' } };

/** Runs a batch of requests with keys; tells which ran. */
async function batch(keys: IdempotencyKey[], before?: () => Promise<void>) {
  return db.database.transaction(async (tx) => {
    const answers = await findAnswers(tx, keys);
    await before?.();
    const decisions = keys.map((key, index) => {
      const decision = answers.decide(key);
      if (decision.kind === 'RUN') answers.record(key, { status: 201, body: { index } });
      return decision;
    });
    await answers.save(tx);
    return decisions;
  });
}

describe('keys in a transaction', () => {
  it('run once; a repeat gets the first answer', async () => {
    const [a, b] = [newKey(), newKey()];
    expect(await batch([a, b])).toEqual([{ kind: 'RUN' }, { kind: 'RUN' }]);
    expect(await batch([b, newKey()])).toEqual([
      { kind: 'REPLAY', answer: { status: 201, body: { index: 1 } } },
      { kind: 'RUN' },
    ]);
  });

  it('that come twice in one batch run once', async () => {
    const key = newKey();
    const other = { ...key, requestHash: payloadHash('other') };
    expect(await batch([key, key, other])).toEqual([
      { kind: 'RUN' },
      { kind: 'REPLAY', answer: { status: 201, body: { index: 0 } } },
      { kind: 'REUSED' },
    ]);
  });

  it('with another payload are refused', async () => {
    const key = newKey({ a: 1 });
    await batch([key]);
    expect(await batch([{ ...key, requestHash: payloadHash({ a: 2 }) }])).toEqual([{ kind: 'REUSED' }]);
  });

  it('of another user or route are other keys', async () => {
    const key = newKey();
    await batch([key]);
    expect(await batch([{ ...key, scope: 'POST /things usr_2' }])).toEqual([{ kind: 'RUN' }]);
  });

  it('leave nothing when the transaction fails', async () => {
    const key = newKey();
    const failed = db.database.transaction(async (tx) => {
      const answers = await findAnswers(tx, [key]);
      answers.record(key, answer);
      await answers.save(tx);
      throw new Error('no');
    });
    await expect(failed).rejects.toThrow('no');
    expect(await batch([key])).toEqual([{ kind: 'RUN' }]);
  });

  it('committed by another transaction meanwhile undo this one, and the second try is a replay', async () => {
    const key = newKey();
    const late = batch([key], async () => void (await batch([key])));
    await expect(late).rejects.toThrow(IdempotencyRace);
    expect((await batch([key]))[0]?.kind).toBe('REPLAY');
  });

  it('in common between batches at the same time never deadlock and run once each', async () => {
    const keys = Array.from({ length: 40 }, () => newKey());
    let ran = 0;
    const attempt = async (order: IdempotencyKey[]): Promise<void> => {
      for (let tries = 0; tries < 20; tries++) {
        try {
          const decisions = await batch(order);
          ran += decisions.filter(({ kind }) => kind === 'RUN').length;
          return;
        } catch (error) {
          if (!(error instanceof IdempotencyRace)) throw error;
        }
      }
    };
    await Promise.all([attempt(keys), attempt(keys.toReversed()), attempt(keys), attempt(keys.toReversed())]);
    expect(ran).toBe(40);
  });
});

describe('a key under a lease', () => {
  const finishWith = (lease: Lease, given = answer) => db.database.transaction((tx) => lease.finish(tx, given)).then(() => given);

  it('runs once; a repeat gets the answer; another payload is refused', async () => {
    const key = newKey();
    expect(await withLease(db.database, key, (lease) => finishWith(lease))).toEqual({ kind: 'DONE', answer });
    const never = () => Promise.reject(new Error('ran twice'));
    expect(await withLease(db.database, key, never)).toEqual({ kind: 'REPLAY', answer });
    expect(await withLease(db.database, { ...key, requestHash: payloadHash(2) }, never)).toEqual({ kind: 'REUSED' });
  });

  it('is in flight for everyone else, longer than one lease', async () => {
    const key = newKey();
    const leaseMs = 600;
    const [began, gate] = [Promise.withResolvers<number>(), Promise.withResolvers<void>()];
    const first = withLease(
      db.database,
      key,
      async (lease) => {
        began.resolve(performance.now());
        await gate.promise;
        return finishWith(lease);
      },
      { leaseMs },
    );
    const beganMs = await began.promise;
    await vi.waitFor(
      async () => {
        expect(await withLease(db.database, key, (lease) => finishWith(lease))).toEqual({ kind: 'IN_FLIGHT' });
        expect(performance.now()).toBeGreaterThan(beganMs + 2 * leaseMs);
      },
      { interval: 50, timeout: 10_000 },
    );
    gate.resolve();
    expect((await first).kind).toBe('DONE');
  });

  it('of ten at once runs in one', async () => {
    const key = newKey();
    let ran = 0;
    const work = async (lease: Lease) => {
      ran += 1;
      return finishWith(lease);
    };
    const outcomes = await Promise.all(Array.from({ length: 10 }, () => withLease(db.database, key, work)));
    expect(ran).toBe(1);
    expect(outcomes.filter(({ kind }) => kind === 'DONE')).toHaveLength(1);
  });

  it('whose process died is taken up again, and the one that was thought dead cannot finish', async () => {
    const key = newKey();
    let dead: Lease | undefined;
    // No renewal comes through while this attempt "is dead": its statements go nowhere.
    const stalled = { ...db.database, run: () => Promise.reject(new Error('cut off')) };
    void withLease(stalled, key, (lease) => ((dead = lease), new Promise(() => undefined)), { leaseMs: 50 });
    await vi.waitFor(() => expect(dead).toBeDefined());
    const outcome = await vi.waitFor(
      async () => {
        const seen = await withLease(db.database, key, async (lease) => {
          expect(lease.resumed).toBe(true);
          return finishWith(lease);
        });
        expect(seen.kind).toBe('DONE');
        return seen;
      },
      { interval: 20, timeout: 5_000 },
    );
    expect(outcome).toEqual({ kind: 'DONE', answer });
    await expect(db.database.transaction(async (tx) => dead?.finish(tx, { status: 201, body: 'late' }))).rejects.toThrow(
      LeaseLost,
    );
  });

  it('keeps a refusal, and is free at once after a failure', async () => {
    const refused = newKey();
    const refusal = new ApiError('PAYMENT_DECLINED', 'No.', { retryable: true });
    await expect(withLease(db.database, refused, () => Promise.reject(refusal))).rejects.toBe(refusal);
    expect(await withLease(db.database, refused, (lease) => finishWith(lease))).toMatchObject({
      kind: 'REPLAY',
      answer: { status: 402 },
    });
    const failed = newKey();
    await expect(
      withLease(db.database, failed, () => Promise.reject(new ApiError('SERVICE_UNAVAILABLE', 'Down.'))),
    ).rejects.toThrow('Down.');
    const again = await withLease(db.database, failed, async (lease) => (expect(lease.resumed).toBe(true), finishWith(lease)));
    expect(again.kind).toBe('DONE');
  });
});

describe('the purge', () => {
  it('forgets what is older than 24 hours, but not work under way', async () => {
    const [fresh, old, running] = [newKey(), newKey(), newKey()];
    await batch([fresh, old]);
    const gate = Promise.withResolvers<void>();
    const work = withLease(db.database, running, (lease) => gate.promise.then(() => finishAll(lease)));
    const finishAll = (lease: Lease) => db.database.transaction((tx) => lease.finish(tx, answer)).then(() => answer);
    const age = sql('test.age', `UPDATE idempotency_key SET created_at = now() - interval '25 hours' WHERE key = ANY($1)`);
    await vi.waitFor(async () => expect(await db.database.run(age, [[old.key, running.key]])).toBe(2));
    await purgeIdempotencyKeys(db.database).run(new AbortController().signal);
    const left = await db.database.rows<{ key: string }>(
      sql('test.left', 'SELECT key FROM idempotency_key WHERE key = ANY($1)'),
      [[fresh.key, old.key, running.key]],
    );
    expect(new Set(left.map(({ key }) => key))).toEqual(new Set([fresh.key, running.key]));
    gate.resolve();
    expect((await work).kind).toBe('DONE');
  });
});
