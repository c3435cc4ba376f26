import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { testDatabase, type TestDatabase } from '../../test/support/postgres.ts';
import { sql } from '../postgres/database.ts';
import { claimKeys, createLeaseKeeper, finishKeys, freeKeys, type Claim, type HeldKey } from './held-keys.ts';
import { payloadHash, type IdempotencyKey } from './idempotency-key.ts';

let db: TestDatabase;
beforeAll(async () => {
  db = await testDatabase([new URL('../migrations/', import.meta.url)]);
});
afterAll(() => db.drop());

const newKey = (payload: unknown = 1): IdempotencyKey => ({
  scope: 'POST /v1/things usr_1',
  key: randomUUID(),
  requestHash: payloadHash(payload),
});
const claim = (...keys: IdempotencyKey[]): Promise<Claim[]> => db.database.transaction((tx) => claimKeys(tx, keys));
const held = (claimed: Claim | undefined): HeldKey => {
  if (claimed?.kind !== 'RUN') throw new Error(`not held: ${claimed?.kind}`);
  return claimed.held;
};
const kinds = (claims: readonly Claim[]): string[] => claims.map(({ kind }) => kind);

describe('keys that are claimed together', () => {
  it('are each decided by themselves', async () => {
    const [done, running, fresh] = [newKey(), newKey(), newKey()];
    const answer = { status: 201, body: { id: 1 } };
    const [first] = await claim(done, running);
    await finishKeys(db.database, [{ held: held(first), answer }]);
    const other = { ...done, requestHash: payloadHash(2) };
    const claims = await claim(fresh, done, other, running, fresh, { ...fresh, requestHash: payloadHash(2) });
    expect(kinds(claims)).toEqual(['RUN', 'REPLAY', 'REUSED', 'IN_FLIGHT', 'IN_FLIGHT', 'REUSED']);
    expect(claims[1]).toEqual({ kind: 'REPLAY', answer });
  });

  it('are free with the transaction that claimed them', async () => {
    const key = newKey();
    await expect(
      db.database.transaction(async (tx) => {
        await claimKeys(tx, [key]);
        throw new Error('undone');
      }),
    ).rejects.toThrow('undone');
    expect(await claim(key)).toMatchObject([{ kind: 'RUN', held: { resumed: false } }]);
  });

  it('may be taken up once they are let go, and only then', async () => {
    const [one, two] = [newKey(), newKey()];
    const claims = await claim(one, two);
    await freeKeys(db.database, [held(claims[0])]);
    expect(await claim(one, two)).toMatchObject([{ kind: 'RUN', held: { resumed: true } }, { kind: 'IN_FLIGHT' }]);
  });

  it('take only the answers of those who still hold them', async () => {
    const [one, two] = [newKey(), newKey()];
    const [lost, kept] = (await claim(one, two)).map(held);
    if (lost === undefined || kept === undefined) throw new Error('neither');
    await freeKeys(db.database, [lost]);
    await claim(one);
    const answer = { status: 201, body: null };
    const tokens = await finishKeys(db.database, [
      { held: lost, answer },
      { held: kept, answer },
    ]);
    expect(tokens).toEqual(new Set([lost.token]));
    expect(kinds(await claim(one, two))).toEqual(['IN_FLIGHT', 'REPLAY']);
  });

  it('never wait for one another in a circle', async () => {
    const keys = Array.from({ length: 60 }, () => newKey());
    const rounds = await Promise.all([claim(...keys), claim(...keys.toReversed()), claim(...keys), claim(...keys.toReversed())]);
    expect(rounds.flatMap(kinds).filter((kind) => kind === 'RUN')).toHaveLength(60);
  });
});

describe('leases', () => {
  it('are renewed together while they are kept', async () => {
    const keys = Array.from({ length: 3 }, () => newKey());
    const claims = (await claim(...keys)).map(held);
    const run = vi.fn(db.database.run);
    const keeper = createLeaseKeeper({ run }, 60);
    for (const one of claims) keeper.keep(one);
    await vi.waitFor(() => expect(run.mock.calls.length).toBeGreaterThan(1));
    expect(run.mock.calls[0]?.[1]?.[1]).toHaveLength(3);
    for (const one of claims) keeper.drop(one);
    const until = sql('test.locked_until', 'SELECT locked_until > now() AS held FROM idempotency_key WHERE key = ANY ($1)');
    await vi.waitFor(async () => {
      const rows = await db.database.rows<{ held: boolean }>(until, [keys.map(({ key }) => key)]);
      expect(rows.map((row) => row.held)).toEqual([false, false, false]);
    });
  });
});
