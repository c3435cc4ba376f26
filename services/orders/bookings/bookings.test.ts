import { randomUUID } from 'node:crypto';
import { pino } from 'pino';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { DomainEvent } from '../../../contracts/events/domain-event.ts';
import type { InternalChargeBody } from '../../../contracts/http/payments.ts';
import { newId } from '../../../contracts/ids.ts';
import { deliver } from '../../../platform/event-log/consumer.ts';
import { ApiError } from '../../../platform/http/api-error.ts';
import { startServiceApp, type ServiceApp } from '../../../test/support/service-app.ts';
import { orders } from '../service.ts';
import { fakeNeighbours, type FakeNeighbours } from '../test-seating.ts';

let app: ServiceApp;
let neighbours: FakeNeighbours;
let buyer: { userId: string; token: string };
/** The fake neighbours always hold the same seat, which can be sold once an event. */
let eventId: string;
let nowMs = 0;
const clock = { now: () => new Date(Date.now() + nowMs) };

beforeAll(async () => {
  neighbours = fakeNeighbours();
  app = await startServiceApp(orders, { services: neighbours, clock });
});
afterAll(() => app.stop());
beforeEach(() => {
  buyer = app.signIn(['customer']);
  eventId = newId('event');
  neighbours.down = false;
  neighbours.refusal = null;
  neighbours.charge = payingWith('SUCCESS');
  neighbours.calls.length = 0;
});

async function book(body: object = {}, key: string = randomUUID(), query = '') {
  const answer = await app.request({
    method: 'POST',
    url: `/v1/bookings${query}`,
    token: buyer.token,
    headers: { 'idempotency-key': key },
    payload: { eventId, places: [{ section: 'Floor', quantity: 1 }], paymentMethod: 'CREDIT_CARD', ...body },
  });
  return { status: answer.statusCode, headers: answer.headers, body: answer.json() };
}

const WAIT = '?waitFor=CONFIRMED&timeoutMs=5000';

/** Payments as a booking sees it: it lets the payment begin at orders, and tells what came of it. */
function payingWith(outcome: 'SUCCESS' | 'DECLINED' | 'UNKNOWN'): FakeNeighbours['charge'] {
  const payments = new Map<string, string>();
  return async ({ orderId, userId, amountCents, currency }: InternalChargeBody) => {
    const paymentId = payments.get(orderId) ?? newId('payment');
    if (!payments.has(orderId)) {
      payments.set(orderId, paymentId);
      neighbours.payments.set(paymentId, 'PENDING');
      await asService(`/internal/orders/${orderId}/payments`, { paymentId, userId, amountCents, currency });
    }
    neighbours.payments.set(paymentId, { SUCCESS: 'SUCCESS', DECLINED: 'FAILED', UNKNOWN: 'PENDING' }[outcome] as 'SUCCESS');
    if (outcome === 'DECLINED') throw new ApiError('PAYMENT_DECLINED', 'No.', { paymentId, failureReason: 'CARD_DECLINED' });
    return { paymentId, orderId, status: outcome === 'SUCCESS' ? 'SUCCESS' : 'PENDING' };
  };
}

async function asService(url: string, payload: object): Promise<void> {
  const answer = await app.requestAsService({ method: 'POST', url, payload });
  if (answer.statusCode >= 400) throw new ApiError(answer.json().code, answer.json().detail);
}

async function orderOf(orderId: string) {
  const answer = await app.request({ method: 'GET', url: `/v1/orders/${orderId}`, token: buyer.token });
  return answer.json();
}

async function ordersOfBuyer(): Promise<{ orderId: string; status: string; reservationId: string }[]> {
  return (await app.request({ method: 'GET', url: '/v1/orders', token: buyer.token })).json().items;
}

/** What the jobs do when so much time has passed. */
async function later(seconds: number, ...names: string[]): Promise<void> {
  nowMs += seconds * 1_000;
  const jobs = (app.service.jobs ?? []).filter(({ name }) => names.includes(name));
  for (const job of jobs) await job.run(new AbortController().signal);
}

/** Consumers of our own domain events hear what was published of this order. */
async function heard(orderId: string): Promise<void> {
  const events = (await app.published()).filter(({ subject }) => subject === orderId) as unknown as DomainEvent[];
  const retry = { batchAttempts: 1, eventAttempts: 1, firstMs: 1, maxMs: 1 };
  const how = { logger: pino({ level: 'silent' }), signal: new AbortController().signal, retry };
  for (const subscription of app.service.subscriptions ?? []) {
    const mine = events.filter(({ type }) => subscription.types?.includes(type));
    if (subscription.topics.includes('booking.events') && mine.length > 0) await deliver(subscription, mine, how);
  }
}

async function statusBecomes(orderId: string, status: string): Promise<void> {
  await vi.waitFor(async () => expect(await orderOf(orderId)).toMatchObject({ status }), { timeout: 10_000 });
}

const callsTo = (path: RegExp) => neighbours.calls.filter((call) => path.test(call.path));
const chargesOf = (orderId: string) => callsTo(/charges/).filter(({ body }) => (body as InternalChargeBody).orderId === orderId);
const holdOf = (reservationId: string) => neighbours.reservations.get(reservationId)?.status;
const typesOf = async (orderId: string) =>
  (await app.published()).filter(({ subject }) => subject === orderId).map(({ type }) => type);

describe('a booking in one call', () => {
  it('is accepted with an order, charged by itself, and settled when it is waited for', async () => {
    const { status, body, headers } = await book();
    expect(status).toBe(202);
    expect(headers['cache-control']).toBe('no-store');
    expect(body).toMatchObject({ statusUrl: `/v1/orders/${body.orderId}` });
    expect(['PENDING', 'PAYMENT_PROCESSING']).toContain(body.status);
    await statusBecomes(body.orderId, 'PAYMENT_PROCESSING');
    expect(chargesOf(body.orderId)).toHaveLength(1);
    neighbours.charge = payingWith('DECLINED');
    const waited = await book({}, randomUUID(), WAIT);
    expect(waited).toMatchObject({ status: 200, body: { status: 'FAILED' } });
  });

  it('that is declined has failed, and its seats are free when that is answered', async () => {
    neighbours.charge = payingWith('DECLINED');
    const { body } = await book({}, randomUUID(), WAIT);
    const order = await orderOf(body.orderId);
    expect(order).toMatchObject({ status: 'FAILED' });
    expect(order.paymentId).toBeUndefined();
    expect(holdOf(order.reservationId)).toBe('RELEASED');
    expect(callsTo(/release/)).toMatchObject([{ body: { reason: 'PAYMENT_FAILED' } }]);
    expect(await typesOf(body.orderId)).toEqual(['booking.initiated', 'booking.failed']);
  });

  it('frees the seats later when seating is away at that moment', async () => {
    const decline = payingWith('DECLINED');
    neighbours.charge = async (body) => {
      await decline(body).catch(() => undefined);
      neighbours.down = true;
      return decline(body);
    };
    const { body } = await book({}, randomUUID(), WAIT);
    expect(body.status).toBe('FAILED');
    const { reservationId } = await orderOf(body.orderId);
    expect(holdOf(reservationId)).toBe('RESERVED');
    neighbours.down = false;
    await heard(body.orderId);
    expect(holdOf(reservationId)).toBe('RELEASED');
  });

  it('costs what it may cost, or is refused with nothing held and nothing charged', async () => {
    const key = randomUUID();
    const refused = await book({ expectedTotalCents: 1 }, key);
    expect(refused).toMatchObject({ status: 422, body: { code: 'AMOUNT_MISMATCH', totalCents: 10_000, currency: 'USD' } });
    expect([...neighbours.reservations.values()].filter(({ userId }) => userId === buyer.userId)).toMatchObject([
      { status: 'RELEASED' },
    ]);
    expect(await ordersOfBuyer()).toEqual([]);
    expect(callsTo(/charges/)).toEqual([]);
    expect(await book({ expectedTotalCents: 1 }, key)).toMatchObject({ status: 422, body: { code: 'AMOUNT_MISMATCH' } });
    expect((await book({ expectedTotalCents: 10_000 })).status).toBe(202);
  });

  it('is refused as reserving is, and the refusal is kept under its key', async () => {
    const key = randomUUID();
    neighbours.refusal = new ApiError('SEAT_UNAVAILABLE', 'Taken.', { unavailableSeatIds: [7] });
    const first = await book({}, key);
    expect(first).toMatchObject({ status: 409, body: { code: 'SEAT_UNAVAILABLE', unavailableSeatIds: [7] } });
    neighbours.refusal = null;
    const again = await book({}, key);
    expect(again).toMatchObject({ status: 409, body: { code: 'SEAT_UNAVAILABLE', unavailableSeatIds: [7] } });
    expect(again.headers['idempotent-replayed']).toBe('true');
    expect(await ordersOfBuyer()).toEqual([]);
  });

  it('is for oneself, and waits only when told so', async () => {
    expect(await book({ userId: newId('user') })).toMatchObject({ status: 403, body: { code: 'FORBIDDEN' } });
    expect((await book({ userId: buyer.userId })).status).toBe(202);
    const { status, body } = await book({}, randomUUID(), '?timeoutMs=100');
    expect([status, body.errors]).toEqual([400, [{ path: 'query.timeoutMs', message: expect.stringContaining('waitFor') }]]);
    const get = await app.request({ method: 'GET', url: `/v1/orders/${newId('order')}?timeoutMs=1`, token: buyer.token });
    expect(get.json()).toMatchObject({ code: 'VALIDATION_FAILED' });
  });
});

describe('the key of a booking', () => {
  it('gets the first answer again, whatever became of the order', async () => {
    const key = randomUUID();
    neighbours.charge = payingWith('DECLINED');
    const first = await book({}, key, WAIT);
    const again = await book({}, key);
    expect(again).toMatchObject({ status: 200, body: first.body });
    expect(again.headers['idempotent-replayed']).toBe('true');
    expect(await book({ paymentMethod: 'WALLET' }, key)).toMatchObject({ body: { code: 'IDEMPOTENCY_KEY_REUSED' } });
    expect(await ordersOfBuyer()).toHaveLength(1);
  });

  it('does it once when it comes twice at the same time', async () => {
    const key = randomUUID();
    const answers = await Promise.all([book({}, key), book({}, key)]);
    const codes = answers.map(({ status, body }) => body.code ?? status);
    expect(codes).toContain(202);
    expect(codes.filter((code) => code !== 202 && code !== 'IDEMPOTENCY_IN_FLIGHT')).toEqual([]);
    expect(await ordersOfBuyer()).toHaveLength(1);
  });

  it('goes on where it was when something was away', async () => {
    const key = randomUUID();
    neighbours.down = true;
    expect((await book({}, key)).status).toBe(503);
    neighbours.down = false;
    expect((await book({}, key)).status).toBe(202);
    expect(await ordersOfBuyer()).toHaveLength(1);
    expect(callsTo(/^\/internal\/reservations$/)).toHaveLength(1);
  });

  it('begins anew when what it began was undone meanwhile', async () => {
    const key = randomUUID();
    const { call } = neighbours;
    neighbours.call = (service, path, options) =>
      path.startsWith('/internal/reservations/') && options?.method === undefined
        ? Promise.reject(new ApiError('SERVICE_UNAVAILABLE', 'Away.'))
        : call(service, path, options);
    expect((await book({}, key)).status).toBe(503);
    neighbours.call = call;
    await later(31, 'finish-bookings');
    const holds = () => [...neighbours.reservations.values()].filter(({ userId }) => userId === buyer.userId);
    expect(holds()).toMatchObject([{ status: 'RELEASED' }]);
    expect((await book({}, key)).status).toBe(202);
    expect(holds()).toMatchObject([{ status: 'RELEASED' }, { status: 'RESERVED' }]);
  });
});

describe('a charge of a booking', () => {
  it('is tried again while payments is away, and happens once', async () => {
    const pay = payingWith('SUCCESS');
    neighbours.charge = () => Promise.reject(new ApiError('SERVICE_UNAVAILABLE', 'Away.'));
    const { body } = await book();
    await vi.waitFor(() => expect(chargesOf(body.orderId)).toHaveLength(1));
    neighbours.charge = pay;
    await vi.waitFor(async () => {
      await later(3, 'finish-bookings');
      expect(await orderOf(body.orderId)).toMatchObject({ status: 'PAYMENT_PROCESSING' });
    });
    await later(20, 'finish-bookings');
    expect(chargesOf(body.orderId)).toHaveLength(2);
  });

  it('is not begun any more once the order has ended', async () => {
    neighbours.charge = () => Promise.reject(new ApiError('SERVICE_UNAVAILABLE', 'Away.'));
    const { body } = await book();
    await vi.waitFor(() => expect(chargesOf(body.orderId)).toHaveLength(1));
    await app.request({ method: 'POST', url: `/v1/orders/${body.orderId}/cancel`, token: buyer.token });
    await later(20, 'finish-bookings');
    await later(20, 'finish-bookings');
    expect(chargesOf(body.orderId)).toHaveLength(1);
    expect(await orderOf(body.orderId)).toMatchObject({ status: 'CANCELLED' });
  });

  it('without an answer is waited for: captured, it is confirmed; else the booking has failed', async () => {
    neighbours.charge = payingWith('UNKNOWN');
    const orderIds = [(await book()).body.orderId, (await book()).body.orderId];
    for (const orderId of orderIds) await statusBecomes(orderId, 'PAYMENT_PROCESSING');
    const [captured, lost] = await Promise.all(orderIds.map(orderOf));
    neighbours.payments.set(captured.paymentId, 'SUCCESS');
    neighbours.payments.set(lost.paymentId, 'FAILED');
    await later(120, 'reconcile-orders');
    expect(await orderOf(captured.orderId)).toMatchObject({ status: 'CONFIRMED' });
    expect(await orderOf(lost.orderId)).toMatchObject({ status: 'FAILED' });
    await heard(lost.orderId);
    expect(holdOf(lost.reservationId)).toBe('RELEASED');
  });

  it('is not made for what costs nothing', async () => {
    const { reserve } = neighbours;
    neighbours.reserve = (userId) => reserve(userId, 0);
    const { status, body } = await book({ expectedTotalCents: 0 }, randomUUID(), WAIT);
    neighbours.reserve = reserve;
    expect([status, body.status]).toEqual([200, 'CONFIRMED']);
    expect(chargesOf(body.orderId)).toEqual([]);
  });

  it('leaves no means of payment behind', async () => {
    const { body } = await book({ paymentToken: 'tok_success' });
    await statusBecomes(body.orderId, 'PAYMENT_PROCESSING');
    const read = { name: 'test.bookings', text: 'select state, charge, due_at from booking where order_id = $1' };
    await vi.waitFor(async () =>
      expect(await app.database.rows(read, [body.orderId])).toEqual([{ state: 'DONE', charge: null, due_at: null }]),
    );
  });
});
