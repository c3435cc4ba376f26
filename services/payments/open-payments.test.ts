import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newId } from '../../contracts/ids.ts';
import { ApiError } from '../../platform/http/api-error.ts';
import { answerOfError } from '../../platform/idempotency/answer.ts';
import { payloadHash } from '../../platform/idempotency/idempotency-key.ts';
import { sql } from '../../platform/postgres/database.ts';
import { testDatabase, type TestDatabase } from '../../test/support/postgres.ts';
import { PLATFORM_MIGRATIONS } from '../../test/support/service-app.ts';
import type { BegunPayment, PaymentState } from './domain/payment.ts';
import { createPaymentOpener, type Opened, type PaymentOpener } from './open-payments.ts';
import { createPaymentSettler, type PaymentSettler } from './settle-payments.ts';

let db: TestDatabase;
let opener: PaymentOpener;
let settler: PaymentSettler;
/** Of the transactions so far: what goes together in one is one of them. */
let transactions = 0;

beforeAll(async () => {
  db = await testDatabase([PLATFORM_MIGRATIONS, new URL('./migrations/', import.meta.url)]);
  const counted = {
    ...db.database,
    transaction: ((work) => {
      transactions++;
      return db.database.transaction(work);
    }) as typeof db.database.transaction,
  };
  opener = createPaymentOpener(counted);
  settler = createPaymentSettler(counted);
});
afterAll(async () => {
  await Promise.all([opener.stop(), settler.stop()]);
  await db.drop();
});

type Wish = { orderId?: string; key?: string; payload?: string; amountCents?: number; available?: boolean; userId?: string };

const userId = newId('user');

/** What a charge opens, at this process or another. */
function open(wish: Wish, at = opener): Promise<Opened> {
  const { orderId = newId('order'), key = randomUUID(), payload = '', amountCents = 100, available = true } = wish;
  const now = new Date();
  const payment: PaymentState = {
    ...{ paymentId: newId('payment'), orderId, userId: wish.userId ?? userId, amountCents, currency: 'USD' },
    ...{ eventId: null, reservationId: null, windowEndsAt: null, paymentMethod: 'CREDIT_CARD', status: 'PENDING' },
    ...{ idempotencyKey: key, attempt: 0, transactionId: null, failureReason: null, retryable: null },
    ...{ refundedCents: 0, asked: 0, createdAt: now, updatedAt: now },
  };
  const requestHash = payloadHash({ orderId, payload });
  return at.open({ payment, key: { scope: `test ${payment.userId}`, key, requestHash }, available });
}

function opened(outcome: Opened | undefined): Extract<Opened, { kind: 'OPENED' }> {
  if (outcome?.kind !== 'OPENED') throw new Error(`not opened: ${JSON.stringify(outcome)}`);
  return outcome;
}

function begunOf(payment: PaymentState): BegunPayment {
  return { ...payment, eventId: newId('event'), reservationId: newId('reservation'), windowEndsAt: new Date(), attempt: 1 };
}

function codeOf(outcome: Opened | undefined): unknown {
  if (outcome?.kind !== 'ANSWERED' && outcome?.kind !== 'REPLAY') return outcome?.kind;
  const { body } = outcome.answer;
  return typeof body === 'object' && body !== null && 'code' in body ? body.code : outcome.answer.status;
}

async function countOf(table: 'payment' | 'idempotency_key', key: string): Promise<number> {
  const column = table === 'payment' ? 'idempotency_key' : 'key';
  const [row] = await db.database.rows<{ count: number }>(
    sql(`test.count_${table}`, `select count(*)::integer as count from ${table} where ${column} = $1`),
    [key],
  );
  return row?.count ?? 0;
}

/** The process that held the keys died, and their leases ran out. */
async function letLeasesEnd(...keys: string[]): Promise<void> {
  const end = sql('test.end_leases', `update idempotency_key set locked_until = '-infinity' where key = any($1::text[])`);
  expect(await db.database.run(end, [keys])).toBe(keys.length);
}

describe('charges that come at the same moment', () => {
  it('take their keys and open their payments in one transaction', async () => {
    const before = transactions;
    const outcomes = await Promise.all(Array.from({ length: 50 }, () => open({})));
    expect(new Set(outcomes.map(({ kind }) => kind))).toEqual(new Set(['OPENED']));
    expect(transactions).toBe(before + 1);
  });

  it('run once with the same key, and not at all with another payload', async () => {
    const [orderId, key] = [newId('order'), randomUUID()];
    const outcomes = await Promise.all([
      open({ orderId, key }),
      open({ orderId, key }),
      open({ orderId, key, payload: 'other' }),
      open({}),
    ]);
    expect(outcomes.map(({ kind }) => kind)).toEqual(['OPENED', 'IN_FLIGHT', 'REUSED', 'OPENED']);
    expect(await countOf('payment', key)).toBe(1);
  });

  it('pay an order with one card, and answer the others for good', async () => {
    const orderId = newId('order');
    const keys = [randomUUID(), randomUUID(), randomUUID()];
    const outcomes = await Promise.all([
      ...keys.map((key) => open({ orderId, key })),
      open({ orderId, userId: newId('user') }),
      open({}),
    ]);
    expect(outcomes.map(codeOf)).toEqual(['OPENED', 'PAYMENT_IN_PROGRESS', 'PAYMENT_IN_PROGRESS', 'ORDER_NOT_FOUND', 'OPENED']);
    expect(codeOf(await open({ orderId, key: keys[1] ?? '' }))).toBe('PAYMENT_IN_PROGRESS');
  });

  it('do not fail with one of them that cannot be stored', async () => {
    const bad = randomUUID();
    const outcomes = await Promise.allSettled([open({}), open({ amountCents: -1, key: bad }), open({}), open({})]);
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled', 'fulfilled']);
    expect(await countOf('idempotency_key', bad)).toBe(0);
  });

  it('never wait for one another in a circle, whatever process they come to', async () => {
    const other = createPaymentOpener(db.database);
    const wishes = Array.from({ length: 40 }, () => ({ orderId: newId('order'), key: randomUUID() }));
    const forth = wishes.map((wish) => open(wish));
    const back = wishes.toReversed().map((wish) => open(wish, other));
    const kinds = (await Promise.all([...forth, ...back])).map(({ kind }) => kind);
    expect(kinds.filter((kind) => kind === 'OPENED')).toHaveLength(40);
    expect(kinds.filter((kind) => kind === 'IN_FLIGHT')).toHaveLength(40);
    await other.stop();
  });
});

describe('a charge that was cut off', () => {
  it('is taken up with its payment, and beside it others are opened', async () => {
    const wish = { orderId: newId('order'), key: randomUUID() };
    const first = opened(await open(wish));
    expect((await open(wish)).kind).toBe('IN_FLIGHT');
    await letLeasesEnd(wish.key);
    const [again, other] = await Promise.all([open(wish), open({})]);
    expect(again).toMatchObject({ kind: 'OPENED', resumed: true, payment: { paymentId: first.payment.paymentId } });
    expect(opened(other).resumed).toBe(false);
  });

  it('is answered with what became of its payment', async () => {
    const wish = { orderId: newId('order'), key: randomUUID() };
    const first = opened(await open(wish));
    await opener.begin(begunOf(first.payment), '');
    const result = { kind: 'SUCCESS' as const, transactionId: 'tx' };
    await settler.settle({ paymentId: first.payment.paymentId, result, at: new Date(), traceparent: undefined, held: null });
    await letLeasesEnd(wish.key);
    expect(await open(wish)).toMatchObject({ kind: 'ANSWERED', answer: { status: 201, body: { status: 'SUCCESS' } } });
    expect(await open(wish)).toMatchObject({ kind: 'REPLAY', answer: { status: 201 } });
  });

  it('and comes back when another has taken it up keeps the result and leaves the answer to that one', async () => {
    const wish = { orderId: newId('order'), key: randomUUID() };
    const first = opened(await open(wish));
    await opener.begin(begunOf(first.payment), '');
    await letLeasesEnd(wish.key);
    const second = opened(await open(wish));
    const neighbour = opened(await open({}));
    await opener.begin(begunOf(neighbour.payment), '');
    const result = { kind: 'SUCCESS' as const, transactionId: 'tx' };
    const settled = await Promise.all(
      [first, second, neighbour].map(({ held, payment: { paymentId } }) =>
        settler.settle({ paymentId, result, at: new Date(), traceparent: undefined, held }),
      ),
    );
    expect(settled.map((answer) => answer?.status ?? null)).toEqual([null, 201, 201]);
    expect(await open(wish)).toMatchObject({ kind: 'REPLAY', answer: { status: 201 } });
  });
});

describe('a charge that comes to nothing', () => {
  it('leaves no payment; its refusal is kept, and without one the key is free at once', async () => {
    const [refused, failed] = [
      { orderId: newId('order'), key: randomUUID() },
      { orderId: newId('order'), key: randomUUID() },
    ];
    const [one, two] = (await Promise.all([open(refused), open(failed)])).map(opened);
    if (one === undefined || two === undefined) throw new Error('neither');
    const answer = answerOfError(new ApiError('ORDER_NOT_PAYABLE', 'It has ended.'));
    await Promise.all([
      opener.abandon({ held: one.held, unbegun: one.payment.paymentId, answer }),
      opener.abandon({ held: two.held, unbegun: two.payment.paymentId, answer: null }),
    ]);
    expect([await countOf('payment', refused.key), await countOf('payment', failed.key)]).toEqual([0, 0]);
    expect(codeOf(await open(refused))).toBe('ORDER_NOT_PAYABLE');
    expect(await open(failed)).toMatchObject({ kind: 'OPENED', resumed: false });
  });

  it('opens nothing while the provider is away, but goes on with what is open', async () => {
    const [fresh, begun] = [
      { orderId: newId('order'), key: randomUUID() },
      { orderId: newId('order'), key: randomUUID() },
    ];
    const first = opened(await open(begun));
    await letLeasesEnd(begun.key);
    const outcomes = await Promise.all([open({ ...fresh, available: false }), open({ ...begun, available: false })]);
    expect(outcomes).toMatchObject([
      { kind: 'UNAVAILABLE' },
      { kind: 'OPENED', payment: { paymentId: first.payment.paymentId } },
    ]);
    expect((await open(fresh)).kind).toBe('OPENED');
  });
});
