import { randomUUID } from 'node:crypto';
import { pino } from 'pino';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { DomainEvent } from '../../contracts/events/domain-event.ts';
import { newId } from '../../contracts/ids.ts';
import { deliver } from '../../platform/event-log/consumer.ts';
import { ApiError } from '../../platform/http/api-error.ts';
import type { ServiceClient } from '../../platform/http/service-client.ts';
import { newDomainEvent } from '../../platform/outbox/new-domain-event.ts';
import { startServiceApp, type ServiceApp } from '../../test/support/service-app.ts';
import { payments } from './service.ts';

const AMOUNT_CENTS = 12_345;

let app: ServiceApp;
let buyer: { userId: string; token: string };
let nowMs = 0;
/** What orders says to a payment that wants to begin. */
let refusal: ApiError | null = null;
let begun: string[] = [];
const clock = { now: () => new Date(Date.now() + nowMs) };
const eventId = newId('event');
const services: ServiceClient = {
  call: async <Answer>(_service: string, path: string) => {
    if (refusal !== null) throw refusal;
    begun.push(path);
    return {
      eventId,
      reservationId: newId('reservation'),
      windowEndsAt: new Date(Date.now() + nowMs + 60_000).toISOString(),
    } as Answer;
  },
};

beforeAll(async () => {
  app = await startServiceApp(payments, { services, clock, settings: { PAYMENT_LATENCY_MS: '0', PAYMENT_SUCCESS_RATE: '1' } });
});
afterAll(() => app.stop());
beforeEach(() => {
  buyer = app.signIn(['customer']);
  refusal = null;
  begun = [];
  nowMs = 0;
});

type ChargeOptions = { token?: string; key?: string; amountCents?: number; who?: { token: string } };

async function charge(
  orderId: string,
  { token = 'tok_success', key = randomUUID(), amountCents = AMOUNT_CENTS, who = buyer }: ChargeOptions = {},
) {
  const payload = { orderId, amountCents, currency: 'USD', paymentMethod: 'CREDIT_CARD', paymentToken: token };
  const answer = await app.request({
    method: 'POST',
    url: '/v1/charge',
    token: who.token,
    headers: { 'idempotency-key': key },
    payload,
  });
  return { status: answer.statusCode, headers: answer.headers, body: answer.json(), key };
}

/** As orders asks for a booking in one call. */
async function chargeBooking(orderId: string, token: string, amountCents = AMOUNT_CENTS) {
  const how = { paymentMethod: 'CREDIT_CARD', paymentToken: token };
  const payload = { orderId, userId: buyer.userId, amountCents, currency: 'USD', ...how };
  const answer = await app.requestAsService({ method: 'POST', url: '/internal/charges', payload });
  return { status: answer.statusCode, body: answer.json() };
}

async function get(path: string, who = buyer) {
  const answer = await app.request({ method: 'GET', url: path, token: who.token });
  return { status: answer.statusCode, body: answer.json() };
}

async function publishedOf(orderId: string): Promise<string[]> {
  return (await app.published()).filter(({ subject }) => subject === orderId).map(({ type }) => type);
}

async function query<Row>(name: string, text: string, values: unknown[]): Promise<Row[]> {
  return app.database.rows<Row>({ name: `test.${name}`, text }, values);
}

async function capturedAtProvider(orderId: string): Promise<number> {
  const rows = await query('captured', `select 1 from simulator_charge where order_reference = $1 and state = 'CAPTURED'`, [
    orderId,
  ]);
  return rows.length;
}

async function runJob(name: string): Promise<void> {
  await app.service.jobs?.find((job) => job.name === name)?.run(new AbortController().signal);
}

describe('a charge', () => {
  it('captures once and says so', async () => {
    const orderId = newId('order');
    const { status, body, key } = await charge(orderId);
    expect(status).toBe(201);
    expect(body).toMatchObject({
      ...{
        orderId,
        amountCents: AMOUNT_CENTS,
        currency: 'USD',
        status: 'SUCCESS',
        paymentMethod: 'CREDIT_CARD',
        idempotencyKey: key,
      },
      paymentId: expect.stringMatching(/^pay_/),
      transactionId: expect.any(String),
    });
    expect(await publishedOf(orderId)).toEqual(['payment.requested', 'payment.completed']);
    expect(await capturedAtProvider(orderId)).toBe(1);
    expect((await get(`/v1/payments/${body.paymentId}`)).body).toMatchObject({ status: 'SUCCESS', refundedCents: 0 });
  });

  it('gives a repeated key its first answer, and refuses it with another payload', async () => {
    const orderId = newId('order');
    const first = await charge(orderId);
    const again = await charge(orderId, { key: first.key });
    expect(again).toMatchObject({ status: 201, body: first.body, headers: { 'idempotent-replayed': 'true' } });
    expect(await charge(orderId, { key: first.key, amountCents: 1 })).toMatchObject({
      status: 422,
      body: { code: 'IDEMPOTENCY_KEY_REUSED' },
    });
    expect(await capturedAtProvider(orderId)).toBe(1);
  });

  it('repeats a decline with its key', async () => {
    const orderId = newId('order');
    const declined = await charge(orderId, { token: 'tok_card_declined' });
    const again = await charge(orderId, { token: 'tok_card_declined', key: declined.key });
    expect(again).toMatchObject({
      status: 402,
      body: { paymentId: declined.body.paymentId },
      headers: { 'idempotent-replayed': 'true' },
    });
  });

  it('happens once when twenty come at the same moment with two keys', async () => {
    const orderId = newId('order');
    const keys = [randomUUID(), randomUUID()];
    const answers = await Promise.all(Array.from({ length: 20 }, (_, index) => charge(orderId, { key: keys[index % 2] ?? '' })));
    const created = answers.filter(({ status }) => status === 201);
    expect(new Set(created.map(({ key }) => key)).size).toBe(1);
    expect(new Set(created.map(({ body }) => body.paymentId)).size).toBe(1);
    const codes = answers.filter(({ status }) => status !== 201).map(({ body }) => body.code);
    for (const code of codes) expect(['IDEMPOTENCY_IN_FLIGHT', 'PAYMENT_IN_PROGRESS', 'ORDER_NOT_PAYABLE']).toContain(code);
    expect(await capturedAtProvider(orderId)).toBe(1);
    expect((await publishedOf(orderId)).filter((type) => type === 'payment.completed')).toHaveLength(1);
    expect(await charge(orderId)).toMatchObject({ status: 409, body: { code: 'ORDER_NOT_PAYABLE' } });
  });

  it('that is declined leaves the order open for another card', async () => {
    const orderId = newId('order');
    for (const [token, failureReason, retryable] of [
      ['tok_insufficient_funds', 'INSUFFICIENT_FUNDS', true],
      ['tok_card_declined', 'CARD_DECLINED', false],
      ['tok_invalid_card', 'INVALID_CARD', false],
    ] as const) {
      const declined = await charge(orderId, { token });
      expect(declined).toMatchObject({
        status: 402,
        body: { code: 'PAYMENT_DECLINED', failureReason, retryable, paymentId: expect.any(String) },
      });
    }
    expect((await charge(orderId)).status).toBe(201);
    expect(await publishedOf(orderId)).toEqual([
      ...Array(3).fill(['payment.requested', 'payment.failed']).flat(),
      'payment.requested',
      'payment.completed',
    ]);
  });

  it('is tried again when the gateway is away, and never captured if it stays away', async () => {
    const orderId = newId('order');
    const { status, body } = await charge(orderId, { token: 'tok_gateway_timeout' });
    expect(status).toBe(402);
    expect(body).toMatchObject({ failureReason: 'GATEWAY_TIMEOUT', retryable: true });
    expect(await publishedOf(orderId)).toEqual(['payment.requested', 'payment.retried', 'payment.retried', 'payment.failed']);
    expect(await capturedAtProvider(orderId)).toBe(0);
    expect((await charge(orderId)).status).toBe(201);
  });

  it('is PENDING while nobody knows, and known later', async () => {
    const orderId = newId('order');
    const unknown = await charge(orderId, { token: 'tok_timeout_captured' });
    expect(unknown).toMatchObject({ status: 202, body: { status: 'PENDING', transactionId: null } });
    expect(await charge(orderId)).toMatchObject({
      status: 409,
      body: { code: 'PAYMENT_IN_PROGRESS', paymentId: unknown.body.paymentId },
    });
    await query('speak', 'update simulator_charge set silent_until = now() where provider_key = $1', [unknown.body.paymentId]);
    const status = async (): Promise<string> => {
      await runJob('resume-payments');
      return (await get(`/v1/payments/${unknown.body.paymentId}`)).body.status;
    };
    await expect.poll(status, { timeout: 16_000, interval: 200 }).toBe('SUCCESS');
    expect(await capturedAtProvider(orderId)).toBe(1);
    expect((await publishedOf(orderId)).at(-1)).toBe('payment.completed');
    expect((await charge(orderId, { token: 'tok_timeout_captured', key: unknown.key })).status).toBe(202);
  });

  it('that orders refuses leaves nothing behind', async () => {
    const orderId = newId('order');
    refusal = new ApiError('ORDER_NOT_PAYABLE', 'The hold has ended.');
    expect(await charge(orderId)).toMatchObject({ status: 409, body: { code: 'ORDER_NOT_PAYABLE' } });
    refusal = new ApiError('AMOUNT_MISMATCH', 'It costs more.');
    expect(await charge(orderId)).toMatchObject({ status: 422, body: { code: 'AMOUNT_MISMATCH' } });
    expect(await query('left', 'select 1 from payment where order_id = $1', [orderId])).toEqual([]);
    expect(await publishedOf(orderId)).toEqual([]);
  });

  it('is a clear 503 while orders or seating is away, and works with the same key afterwards', async () => {
    const orderId = newId('order');
    refusal = new ApiError('SERVICE_UNAVAILABLE', 'Seating is away.');
    const unavailable = await charge(orderId);
    expect(unavailable).toMatchObject({ status: 503, headers: { 'retry-after': expect.any(String) } });
    expect(await query('left', 'select 1 from payment where order_id = $1', [orderId])).toEqual([]);
    refusal = null;
    expect((await charge(orderId, { key: unavailable.key })).status).toBe(201);
  });

  it('needs a key and a sensible body', async () => {
    const payload = { orderId: newId('order'), amountCents: 1, currency: 'USD', paymentMethod: 'CREDIT_CARD' };
    const keyless = await app.request({ method: 'POST', url: '/v1/charge', token: buyer.token, payload });
    expect(keyless.json()).toMatchObject({ code: 'IDEMPOTENCY_KEY_REQUIRED' });
    const headers = { 'idempotency-key': randomUUID() };
    const misspelt = await app.request({
      method: 'POST',
      url: '/v1/charge',
      token: buyer.token,
      headers,
      payload: { ...payload, payment_token: 'x' },
    });
    expect(misspelt.json()).toMatchObject({
      code: 'VALIDATION_FAILED',
      errors: [{ hint: expect.stringContaining('paymentToken') }],
    });
  });
});

describe('a charge for a booking', () => {
  it('happens once per order, whoever asks again, and keeps its refusal', async () => {
    const [paid, declined] = [newId('order'), newId('order')];
    const first = await chargeBooking(paid, 'tok_success');
    expect(first).toMatchObject({ status: 201, body: { orderId: paid, status: 'SUCCESS', amountCents: AMOUNT_CENTS } });
    expect(await chargeBooking(paid, 'tok_success')).toEqual(first);
    expect((await charge(paid)).body).toMatchObject({ code: 'ORDER_NOT_PAYABLE', paymentId: first.body.paymentId });
    const refused = await chargeBooking(declined, 'tok_card_declined');
    expect(refused).toMatchObject({ status: 402, body: { code: 'PAYMENT_DECLINED', failureReason: 'CARD_DECLINED' } });
    expect((await chargeBooking(declined, 'tok_card_declined')).body).toMatchObject({ paymentId: refused.body.paymentId });
    expect(await publishedOf(declined)).toEqual(['payment.requested', 'payment.failed']);
  });

  it('is for services only', async () => {
    const answer = await app.request({ method: 'POST', url: '/internal/charges', token: buyer.token, payload: {} });
    expect(answer.statusCode).toBe(404);
  });
});

describe('a charge that was cut off', () => {
  /** What a process leaves that died between the provider's capture and its own commit. */
  async function leavePending(orderId: string, options: { begun: boolean; key?: string; captured: boolean }): Promise<string> {
    const paymentId = newId('payment');
    const facts = options.begun ? [eventId, newId('reservation'), new Date(Date.now() + 60_000)] : [null, null, null];
    await query(
      'leave',
      `insert into payment (payment_id, order_id, user_id, event_id, reservation_id, window_ends_at, amount_cents, currency, payment_method, status,
         idempotency_key, attempt, ask_at, created_at, updated_at)
       values ($1, $2, $3, $4, $5, $6, $7, 'USD', 'CREDIT_CARD', 'PENDING', $8, 1, now() - interval '1 second', now(), now())`,
      [paymentId, orderId, buyer.userId, ...facts, AMOUNT_CENTS, options.key ?? randomUUID()],
    );
    if (options.captured) {
      await query(
        'capture',
        `insert into simulator_charge (provider_key, order_reference, amount_cents, currency, state, transaction_id) values ($1, $2, $3, 'USD', 'CAPTURED', 'tx_1')`,
        [paymentId, orderId, AMOUNT_CENTS],
      );
    }
    return paymentId;
  }

  it('is SUCCESS when the provider had captured it', async () => {
    const orderId = newId('order');
    const paymentId = await leavePending(orderId, { begun: true, captured: true });
    await runJob('resume-payments');
    expect((await get(`/v1/payments/${paymentId}`)).body).toMatchObject({ status: 'SUCCESS', transactionId: 'tx_1' });
    expect(await publishedOf(orderId)).toEqual(['payment.completed']);
    expect(await capturedAtProvider(orderId)).toBe(1);
  });

  it('is FAILED for good when the provider never heard of it', async () => {
    const orderId = newId('order');
    const paymentId = await leavePending(orderId, { begun: true, captured: false });
    await runJob('resume-payments');
    expect((await get(`/v1/payments/${paymentId}`)).body).toMatchObject({ status: 'FAILED', failureReason: 'GATEWAY_TIMEOUT' });
    expect(await publishedOf(orderId)).toEqual(['payment.failed']);
    expect((await charge(orderId)).status).toBe(201);
    expect(await capturedAtProvider(orderId)).toBe(1);
  });

  it('never was, when orders had not let it begin', async () => {
    const orderId = newId('order');
    const paymentId = await leavePending(orderId, { begun: false, captured: false });
    await runJob('resume-payments');
    expect((await get(`/v1/payments/${paymentId}`)).status).toBe(404);
    const asked = await app.requestAsService({ method: 'GET', url: `/internal/payments/${paymentId}` });
    expect(asked.json()).toMatchObject({ code: 'PAYMENT_NOT_FOUND' });
  });

  it('is taken up by its own key, with the same payment', async () => {
    const orderId = newId('order');
    const key = randomUUID();
    // The first attempt dies in the call to orders; its key knows that something was begun.
    refusal = new ApiError('SERVICE_UNAVAILABLE', 'Seating is away.');
    await charge(orderId, { key });
    refusal = null;
    const paymentId = await leavePending(orderId, { begun: true, key, captured: true });
    const taken = await charge(orderId, { key });
    expect(taken).toMatchObject({ status: 201, body: { paymentId, status: 'SUCCESS', transactionId: 'tx_1' } });
    expect(await capturedAtProvider(orderId)).toBe(1);
  });
});

describe('money for an order that cannot be had', () => {
  function bookingFailed(orderId: string, paymentId: string | null): DomainEvent {
    const data = {
      ...{
        orderId,
        userId: buyer.userId,
        eventId,
        reservationId: newId('reservation'),
        items: [],
        totalCents: AMOUNT_CENTS,
        currency: 'USD',
      },
      ...{ reason: 'SEATS_GONE', paymentId, failedAt: new Date().toISOString() },
    };
    return newDomainEvent({
      type: 'booking.failed',
      source: '/onsale/orders',
      subject: orderId,
      time: data.failedAt,
      data,
    }) as DomainEvent;
  }

  async function happens(...events: DomainEvent[]): Promise<void> {
    const delivery = { logger: pino({ level: 'silent' }), signal: new AbortController().signal };
    for (const subscription of app.service.subscriptions ?? []) await deliver(subscription, events, delivery);
  }

  it('goes back whole, once, however often that is said', async () => {
    const orderId = newId('order');
    const { body } = await charge(orderId);
    const news = bookingFailed(orderId, body.paymentId);
    await happens(news, bookingFailed(orderId, body.paymentId));
    await happens(news, bookingFailed(orderId, body.paymentId), bookingFailed(newId('order'), null));
    await Promise.all([runJob('send-refunds'), runJob('send-refunds')]);
    await runJob('send-refunds');
    expect((await get(`/v1/payments/${body.paymentId}`)).body).toMatchObject({ status: 'REFUNDED', refundedCents: AMOUNT_CENTS });
    const refunded = (await app.published()).filter(({ type, subject }) => type === 'payment.refunded' && subject === orderId);
    expect(refunded).toMatchObject([{ data: { paymentId: body.paymentId, refundedCents: AMOUNT_CENTS, reason: 'SEATS_GONE' } }]);
    const [books] = await query<{ cents: string }>(
      'given_back',
      'select sum(amount_cents) as cents from simulator_refund where charge_key = $1',
      [body.paymentId],
    );
    expect(Number(books?.cents)).toBe(AMOUNT_CENTS);
  });
});

describe('who sees a payment', () => {
  it('its payer and admins; the list is for admins', async () => {
    const orderId = newId('order');
    const { body } = await charge(orderId);
    expect((await get(`/v1/payments/${body.paymentId}`, app.signIn(['customer', 'organizer']))).body).toMatchObject({
      code: 'PAYMENT_NOT_FOUND',
    });
    const admin = app.signIn(['admin']);
    expect((await get(`/v1/payments/${body.paymentId}`, admin)).status).toBe(200);
    expect((await get('/v1/payments')).status).toBe(403);
    expect((await get(`/v1/payments?orderId=${orderId}`, admin)).body).toMatchObject({
      items: [{ paymentId: body.paymentId }],
      nextCursor: null,
    });
    const page = await get('/v1/payments?limit=1&status=SUCCESS', admin);
    expect(page.body.nextCursor).toBe(page.body.items[0].paymentId);
  });

  it('not somebody else who charges the same order', async () => {
    const orderId = newId('order');
    await charge(orderId);
    expect(await charge(orderId, { who: app.signIn(['customer']) })).toMatchObject({
      status: 404,
      body: { code: 'ORDER_NOT_FOUND' },
    });
  });
});
