import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { pino } from 'pino';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { DomainEvent } from '../../contracts/events/domain-event.ts';
import { newId } from '../../contracts/ids.ts';
import { deliver } from '../../platform/event-log/consumer.ts';
import { ApiError } from '../../platform/http/api-error.ts';
import type { CallOptions, ServiceClient } from '../../platform/http/service-client.ts';
import { newDomainEvent } from '../../platform/outbox/new-domain-event.ts';
import { startServiceApp, type ServiceApp } from '../../test/support/service-app.ts';
import { payments } from './service.ts';

const AMOUNT_CENTS = 3_000;
const TICKET_CENTS = 1_000;

let app: ServiceApp;
let organizer: { userId: string; token: string };
let nowMs = 0;
/** What the neighbours do: catalog may be away, and the reply of orders may be lost after it has revoked. */
let catalogAway = false;
let replyLost = false;
let revoked: { refundId: string; ticketIds: string[] }[] = [];
const eventId = newId('event');
const clock = { now: () => new Date(Date.now() + nowMs) };

function answer(service: string, path: string, body: unknown): unknown {
  if (service === 'catalog') {
    if (catalogAway) throw new ApiError('SERVICE_UNAVAILABLE', 'Catalog is away.');
    return { eventId, organizerId: organizer.userId };
  }
  if (!path.endsWith('/revocations')) {
    const windowEndsAt = new Date(Date.now() + nowMs + 60_000).toISOString();
    return { eventId, reservationId: newId('reservation'), windowEndsAt };
  }
  const { refundId, ticketIds = [newId('ticket')] } = body as { refundId: string; ticketIds?: string[] };
  revoked.push({ refundId, ticketIds });
  if (replyLost) throw new ApiError('SERVICE_UNAVAILABLE', 'The reply of orders was lost.');
  return { ticketIds, valueCents: ticketIds.length * TICKET_CENTS };
}

const services: ServiceClient = {
  call: async <Answer>(service: string, path: string, { body }: CallOptions = {}) => answer(service, path, body) as Answer,
};

beforeAll(async () => {
  app = await startServiceApp(payments, { services, clock, settings: { PAYMENT_LATENCY_MS: '0', PAYMENT_SUCCESS_RATE: '1' } });
  organizer = app.signIn(['organizer']);
});
afterAll(() => app.stop());
beforeEach(() => {
  [catalogAway, replyLost, revoked, nowMs] = [false, false, [], 0];
});

async function paid(): Promise<{ paymentId: string; orderId: string }> {
  const orderId = newId('order');
  const payload = {
    orderId,
    amountCents: AMOUNT_CENTS,
    currency: 'USD',
    paymentMethod: 'CREDIT_CARD',
    paymentToken: 'tok_success',
  };
  const { token } = app.signIn(['customer']);
  const headers = { 'idempotency-key': randomUUID() };
  const charged = await app.request({ method: 'POST', url: '/v1/charge', token, headers, payload });
  return { paymentId: charged.json().paymentId, orderId };
}

async function refund(paymentId: string, wish: object, key: string = randomUUID(), { token } = organizer) {
  const payload = { paymentId, reason: 'Asked for', ...wish };
  const given = await app.request({ method: 'POST', url: '/v1/refund', token, headers: { 'idempotency-key': key }, payload });
  return { status: given.statusCode, body: given.json() };
}

async function paymentOf(paymentId: string) {
  return (await app.request({ method: 'GET', url: `/v1/payments/${paymentId}`, token: organizer.token })).json();
}

async function publishedOf(orderId: string): Promise<string[]> {
  const published = (await app.published()).filter(
    ({ subject, type }) => subject === orderId && type.startsWith('payment.refund'),
  );
  return published.map(({ type, data }) => `${type} ${String(data['kind'])}`);
}

const sendRefunds = () => app.service.jobs?.find(({ name }) => name === 'send-refunds')?.run(new AbortController().signal);

async function speakFrom(paymentId: string, moment: string): Promise<void> {
  const text = `update simulator_charge set silent_until = now() + interval '${moment}' where provider_key = $1`;
  await app.database.run({ name: `test.speak_${moment}`, text }, [paymentId]);
}

async function happens(...events: DomainEvent[]): Promise<void> {
  const delivery = { logger: pino({ level: 'silent' }), signal: new AbortController().signal };
  for (const subscription of app.service.subscriptions ?? []) await deliver(subscription, events, delivery);
}

function ticketRevoked(orderId: string, paymentId: string, refundId: string, tickets: number): DomainEvent {
  const ids = { orderId, userId: newId('user'), eventId, reservationId: newId('reservation'), paymentId, refundId };
  const money = { valueCents: tickets * TICKET_CENTS, currency: 'USD', reason: 'Asked for' };
  const revokedTickets = Array.from({ length: tickets }, () => ({ ticketId: newId('ticket'), seatCode: 'A-1', section: 'A' }));
  const data = { ...ids, ...money, tickets: revokedTickets, revokedAt: new Date().toISOString() };
  const time = data.revokedAt;
  return newDomainEvent({ type: 'ticket.revoked', source: '/onsale/orders', subject: orderId, time, data }) as DomainEvent;
}

describe('refunds', () => {
  it('never add up to more than was captured, whatever is asked at once', async () => {
    const wish = fc.oneof(
      fc.integer({ min: 1, max: AMOUNT_CENTS }).map((amountCents) => ({ amountCents })),
      fc.integer({ min: 1, max: 2 }).map((tickets) => ({ ticketIds: Array.from({ length: tickets }, () => newId('ticket')) })),
      fc.constant({}),
    );
    const property = fc.asyncProperty(fc.array(wish, { minLength: 5, maxLength: 20 }), async (wishes) => {
      const { paymentId } = await paid();
      const answers = await Promise.all(wishes.map((one) => refund(paymentId, one)));
      const given = answers.filter(({ status }) => status === 201).reduce((sum, { body }) => sum + body.amountCents, 0);
      expect(given).toBeLessThanOrEqual(AMOUNT_CENTS);
      expect(answers.map(({ status }) => status).filter((status) => ![201, 409, 422].includes(status))).toEqual([]);
      const payment = await paymentOf(paymentId);
      expect(payment.refundedCents).toBe(given);
      expect(payment.status).toBe(given === AMOUNT_CENTS ? 'REFUNDED' : given > 0 ? 'PARTIALLY_REFUNDED' : 'SUCCESS');
    });
    await fc.assert(property, { numRuns: 15 });
  }, 60_000);

  it('are done once by one key, also when it is sent twenty times at once', async () => {
    const { paymentId, orderId } = await paid();
    const key = randomUUID();
    const answers = await Promise.all(Array.from({ length: 20 }, () => refund(paymentId, { amountCents: 100 }, key)));
    const codes = answers.filter(({ status }) => status !== 201).map(({ body }) => body.code);
    expect(codes.filter((code) => code !== 'IDEMPOTENCY_IN_FLIGHT')).toEqual([]);
    expect(await refund(paymentId, { amountCents: 100 }, key)).toMatchObject({ status: 201 });
    expect(await publishedOf(orderId)).toEqual(['payment.refunded GOODWILL']);
    expect((await paymentOf(paymentId)).refundedCents).toBe(100);
  });

  it('stay PENDING and reserved while the provider is silent, and are sent again by their own key', async () => {
    const { paymentId, orderId } = await paid();
    await speakFrom(paymentId, '1 hour');
    const pending = await refund(paymentId, { amountCents: 2_000 });
    expect(pending).toMatchObject({ status: 202, body: { status: 'PENDING' } });
    expect(await refund(paymentId, { amountCents: 2_000 })).toMatchObject({
      status: 422,
      body: { code: 'REFUND_TOO_LARGE', refundableCents: 1_000 },
    });
    await speakFrom(paymentId, '0 hours');
    nowMs = 120_000;
    await Promise.all([sendRefunds(), sendRefunds()]);
    expect((await paymentOf(paymentId)).refunds).toMatchObject([{ refundId: pending.body.refundId, status: 'SUCCESS' }]);
    expect(await publishedOf(orderId)).toEqual(['payment.refunded GOODWILL']);
  });

  it('are refused with a 503 while nobody can say whose event it is, and work with the same key afterwards', async () => {
    const { paymentId } = await paid();
    const key = randomUUID();
    catalogAway = true;
    expect(await refund(paymentId, { amountCents: 100 }, key)).toMatchObject({ status: 503 });
    expect(await refund(paymentId, { amountCents: 100 }, randomUUID(), app.signIn(['admin']))).toMatchObject({ status: 201 });
    catalogAway = false;
    expect(await refund(paymentId, { amountCents: 100 }, key)).toMatchObject({ status: 201 });
    expect(await refund(paymentId, { amountCents: 100 }, randomUUID(), app.signIn(['organizer']))).toMatchObject({ status: 404 });
  });

  it('that were cut off after their tickets were revoked go on by themselves, as one', async () => {
    const { paymentId, orderId } = await paid();
    const [key, wish] = [randomUUID(), { ticketIds: [newId('ticket')] }];
    replyLost = true;
    expect(await refund(paymentId, wish, key)).toMatchObject({ status: 503 });
    const refundId = revoked[0]?.refundId ?? '';
    const news = ticketRevoked(orderId, paymentId, refundId, 1);
    await happens(news, ticketRevoked(orderId, paymentId, refundId, 1));
    await happens(news);
    replyLost = false;
    expect(await refund(paymentId, wish, key)).toMatchObject({ status: 201, body: { refundId, amountCents: TICKET_CENTS } });
    await sendRefunds();
    expect((await paymentOf(paymentId)).refunds).toMatchObject([{ refundId, status: 'SUCCESS' }]);
    expect(await publishedOf(orderId)).toEqual(['payment.refunded TICKETS']);
  });

  it('of several orders of tickets in one batch of news share what goodwill has left', async () => {
    const { paymentId, orderId } = await paid();
    await refund(paymentId, { amountCents: 1_500 });
    const [first, second] = [newId('refund'), newId('refund')];
    await happens(ticketRevoked(orderId, paymentId, first, 1), ticketRevoked(orderId, paymentId, second, 2));
    await sendRefunds();
    const payment = await paymentOf(paymentId);
    expect(payment).toMatchObject({ status: 'REFUNDED', refundedCents: AMOUNT_CENTS });
    expect(payment.refunds.map(({ amountCents }: { amountCents: number }) => amountCents)).toEqual([1_500, 1_000, 500]);
  });
});
