import { randomUUID } from 'node:crypto';
import { pino } from 'pino';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { DomainEvent, DomainEventData, DomainEventType } from '../../contracts/events/domain-event.ts';
import { newId } from '../../contracts/ids.ts';
import type { Reservation } from '../../contracts/http/seating.ts';
import { deliver } from '../../platform/event-log/consumer.ts';
import { newDomainEvent } from '../../platform/outbox/new-domain-event.ts';
import { startServiceApp, type ServiceApp } from '../../test/support/service-app.ts';
import { orders } from './service.ts';
import { fakeNeighbours, type FakeNeighbours } from './test-seating.ts';

let app: ServiceApp;
let neighbours: FakeNeighbours;
let buyer: { userId: string; token: string };
let nowMs = 0;
const clock = { now: () => new Date(Date.now() + nowMs) };

beforeAll(async () => {
  neighbours = fakeNeighbours();
  app = await startServiceApp(orders, {
    services: neighbours,
    clock,
    settings: { FEE_PERCENT: '10', FEE_FIXED_CENTS: '50', TAX_PERCENT: '0' },
  });
});
afterAll(() => app.stop());
beforeEach(() => {
  buyer = app.signIn(['customer']);
  neighbours.down = false;
  nowMs = 0;
});

async function create(reservationId: string, key: string = randomUUID(), who = buyer) {
  const answer = await app.request({
    method: 'POST',
    url: '/v1/orders',
    token: who.token,
    headers: { 'idempotency-key': key },
    payload: { reservationId },
  });
  return { status: answer.statusCode, headers: answer.headers, body: answer.json() };
}

async function get(path: string, who = buyer) {
  const answer = await app.request({ method: 'GET', url: path, token: who.token });
  return {
    status: answer.statusCode,
    headers: answer.headers,
    text: answer.body,
    body: /json/.test(String(answer.headers['content-type'])) ? answer.json() : null,
  };
}

async function statusOf(orderId: string): Promise<string> {
  return (await get(`/v1/orders/${orderId}`)).body.status;
}

async function begin(
  order: { orderId: string; totalCents: number; currency: string },
  paymentId = newId('payment'),
  userId = buyer.userId,
) {
  const { orderId, totalCents: amountCents, currency } = order;
  const payload = { paymentId, userId, amountCents, currency };
  const answer = await app.requestAsService({ method: 'POST', url: `/internal/orders/${orderId}/payments`, payload });
  return { status: answer.statusCode, body: answer.json(), paymentId };
}

/** An order in PAYMENT_PROCESSING. */
async function paying(priceCents?: number): Promise<{ order: any; reservation: Reservation; paymentId: string }> {
  const reservation = neighbours.reserve(buyer.userId, priceCents);
  const { body: order } = await create(reservation.reservationId);
  const { paymentId, status } = await begin(order);
  expect(status).toBe(200);
  return { order, reservation, paymentId };
}

async function happens(...events: DomainEvent[]): Promise<void> {
  const logger = pino({ level: 'silent' });
  for (const subscription of app.service.subscriptions ?? []) {
    await deliver(subscription, events, {
      logger,
      signal: new AbortController().signal,
      retry: { batchAttempts: 1, eventAttempts: 1, firstMs: 1, maxMs: 1 },
    });
  }
}

function event<T extends DomainEventType>(type: T, subject: string, data: DomainEventData<T>): DomainEvent {
  return newDomainEvent({ type, source: '/onsale/test', subject, time: new Date().toISOString(), data }) as DomainEvent;
}

function paymentFacts(order: any, paymentId: string) {
  const { orderId, userId, eventId, reservationId, totalCents: amountCents, currency } = order;
  return { paymentId, orderId, userId, eventId, reservationId, amountCents, currency };
}

const now = new Date().toISOString();
const completed = (order: any, paymentId: string) =>
  event('payment.completed', order.orderId, {
    ...paymentFacts(order, paymentId),
    transactionId: 'tx',
    attempt: 1,
    completedAt: now,
  });
const failed = (order: any, paymentId: string) =>
  event('payment.failed', order.orderId, {
    ...paymentFacts(order, paymentId),
    failureReason: 'CARD_DECLINED',
    retryable: false,
    attempt: 1,
    failedAt: now,
  });
const released = (reservation: Reservation, reason: DomainEventData<'seat.released'>['reason']) =>
  event('seat.released', reservation.eventId, {
    ...{ eventId: reservation.eventId, version: 1, versionComplete: true, totalSeats: 1, availableSeats: 1 },
    ...{
      reservationId: reservation.reservationId,
      userId: reservation.userId,
      seatIds: [7],
      places: [],
      previousStatus: 'RESERVED',
      reason,
    },
  });

async function publishedOf(orderId: string): Promise<string[]> {
  return (await app.published()).filter(({ subject }) => subject === orderId).map(({ type }) => type);
}

describe('making an order', () => {
  it('prices the reservation and says so', async () => {
    const reservation = neighbours.reserve(buyer.userId);
    const { status, body } = await create(reservation.reservationId);
    expect(status).toBe(201);
    // Per ticket 5000 + 10 % + 50.
    expect(body).toMatchObject({
      ...{ status: 'PENDING', userId: buyer.userId, reservationId: reservation.reservationId },
      ...{
        subtotalCents: 10_000,
        feeCents: 1_100,
        taxCents: 0,
        totalCents: 11_100,
        currency: 'USD',
        expiresAt: reservation.expiresAt,
      },
      items: [
        { seatId: 7, seatCode: 'VIP-A-7', section: 'VIP', priceCents: 5_000 },
        { seatCode: 'Floor', section: 'Floor', priceCents: 5_000 },
      ],
    });
    expect(await publishedOf(body.orderId)).toEqual(['booking.initiated']);
    expect((await get('/v1/orders')).body).toMatchObject({ items: [{ orderId: body.orderId }], nextCursor: null });
  });

  it('gives a repeated key its first answer, also after the hold ended and while seating is away', async () => {
    const { reservationId } = neighbours.reserve(buyer.userId);
    const key = randomUUID();
    const together = await Promise.all(Array.from({ length: 5 }, () => create(reservationId, key)));
    const [first] = together;
    expect(together.map(({ status }) => status)).toEqual(Array(5).fill(201));
    expect(new Set(together.map(({ body }) => body.orderId)).size).toBe(1);
    expect(together.filter(({ headers }) => headers['idempotent-replayed'] === 'true')).toHaveLength(4);
    neighbours.reservations.delete(reservationId);
    expect((await create(reservationId, key)).body).toEqual(first?.body);
    neighbours.down = true;
    const replayed = await create(reservationId, key);
    expect(replayed).toMatchObject({ status: 201, body: first?.body, headers: { 'idempotent-replayed': 'true' } });
    expect(await create(newId('reservation'), key)).toMatchObject({ status: 422, body: { code: 'IDEMPOTENCY_KEY_REUSED' } });
  });

  it('makes one of many that ask at once with keys of their own', async () => {
    const { reservationId } = neighbours.reserve(buyer.userId);
    const answers = await Promise.all(Array.from({ length: 10 }, () => create(reservationId)));
    const made = answers.filter(({ status }) => status === 201);
    expect(made).toHaveLength(1);
    for (const { status, body } of answers.filter((answer) => !made.includes(answer))) {
      expect({ status, body }).toMatchObject({ status: 409, body: { code: 'ORDER_EXISTS', orderId: made[0]?.body.orderId } });
    }
  });

  it('refuses what is another’s, over, or unknown, and is clear when seating is away', async () => {
    const other = app.signIn(['customer']);
    const { reservationId } = neighbours.reserve(other.userId);
    expect(await create(reservationId)).toMatchObject({ status: 404, body: { code: 'RESERVATION_NOT_FOUND' } });
    const over = neighbours.reserve(buyer.userId);
    neighbours.reservations.set(over.reservationId, { ...over, status: 'EXPIRED' });
    expect(await create(over.reservationId)).toMatchObject({ status: 409, body: { code: 'RESERVATION_NOT_ACTIVE' } });
    expect(await create(newId('reservation'))).toMatchObject({ status: 404 });
    neighbours.down = true;
    const unavailable = await create(neighbours.reserve(buyer.userId).reservationId);
    expect(unavailable).toMatchObject({
      status: 503,
      body: { code: 'SERVICE_UNAVAILABLE' },
      headers: { 'retry-after': expect.any(String) },
    });
    const keyless = await app.request({ method: 'POST', url: '/v1/orders', token: buyer.token, payload: { reservationId } });
    expect(keyless.json()).toMatchObject({ code: 'IDEMPOTENCY_KEY_REQUIRED' });
  });

  it('shows an order to its owner and to admins only', async () => {
    const { body } = await create(neighbours.reserve(buyer.userId).reservationId);
    for (const path of [`/v1/orders/${body.orderId}`, `/v1/orders/${body.orderId}/tickets`]) {
      expect((await get(path, app.signIn(['customer', 'organizer']))).status).toBe(404);
      expect((await get(path, app.signIn(['admin']))).status).toBe(200);
    }
    expect((await get('/v1/orders/nonsense')).body).toMatchObject({ code: 'ORDER_NOT_FOUND' });
  });

  it('lists in pages, the latest first', async () => {
    const made = [];
    for (let count = 0; count < 3; count++)
      made.push((await create(neighbours.reserve(buyer.userId).reservationId)).body.orderId);
    const first = await get('/v1/orders?limit=2');
    expect(first.body.items.map((order: any) => order.orderId)).toEqual([made[2], made[1]]);
    const second = await get(`/v1/orders?limit=2&cursor=${first.body.nextCursor}`);
    expect(second.body).toMatchObject({ items: [{ orderId: made[0] }], nextCursor: null });
    expect((await get('/v1/orders?cursor=x')).body).toMatchObject({ code: 'VALIDATION_FAILED' });
  });
});

describe('paying', () => {
  it('keeps the seats first, and is answered again for the same payment', async () => {
    const { order, paymentId } = await paying();
    const again = await begin(order, paymentId);
    expect(again).toMatchObject({ status: 200, body: { eventId: order.eventId, reservationId: order.reservationId } });
    expect(await statusOf(order.orderId)).toBe('PAYMENT_PROCESSING');
  });

  it('does not begin with another amount, another user, an ended hold, or without seating', async () => {
    const reservation = neighbours.reserve(buyer.userId);
    const { body: order } = await create(reservation.reservationId);
    expect(await begin({ ...order, totalCents: 1 })).toMatchObject({ status: 422, body: { code: 'AMOUNT_MISMATCH' } });
    expect(await begin(order, undefined, newId('user'))).toMatchObject({ status: 404, body: { code: 'ORDER_NOT_FOUND' } });
    neighbours.down = true;
    expect(await begin(order)).toMatchObject({ status: 503, body: { code: 'SERVICE_UNAVAILABLE' } });
    neighbours.down = false;
    neighbours.reservations.set(reservation.reservationId, { ...reservation, status: 'EXPIRED' });
    expect(await begin(order)).toMatchObject({ status: 409, body: { code: 'ORDER_NOT_PAYABLE' } });
    expect(await statusOf(order.orderId)).toBe('PENDING');
  });

  it('issues a ticket per seat and place once, however often the news comes', async () => {
    const { order, paymentId } = await paying();
    const news = completed(order, paymentId);
    const waiting = get(`/v1/orders/${order.orderId}?waitFor=CONFIRMED&timeoutMs=5000`);
    await happens(news, news);
    await happens(news);
    await happens(completed(order, paymentId), failed(order, paymentId));
    expect((await waiting).body).toMatchObject({
      status: 'CONFIRMED',
      paymentId,
      confirmationNumber: expect.stringMatching(/^\w{3}-\w{3}-\w{3}$/),
    });
    const { tickets } = (await get(`/v1/orders/${order.orderId}/tickets`)).body;
    expect(tickets).toHaveLength(2);
    expect(tickets).toContainEqual(
      expect.objectContaining({ seatId: 7, seatCode: 'VIP-A-7', status: 'VALID', qrPayload: expect.stringMatching(/^ONS1\./) }),
    );
    expect((await get('/v1/tickets')).body.items).toHaveLength(2);
    expect(await publishedOf(order.orderId)).toEqual(['booking.initiated', 'booking.confirmed', 'ticket.issued']);
    const [value] = await app.database.rows<{ sum: string }>(
      { name: 'test.value', text: 'select sum(value_cents) from ticket where order_id = $1' },
      [order.orderId],
    );
    expect(Number(value?.sum)).toBe(order.totalCents);
  });

  it('draws the QR code for the ticket’s owner only', async () => {
    const { order, paymentId } = await paying();
    await happens(completed(order, paymentId));
    const [ticket] = (await get(`/v1/orders/${order.orderId}/tickets`)).body.tickets;
    const drawn = await get(`/v1/tickets/${ticket.ticketId}/qr.svg`);
    expect(drawn.headers['content-type']).toContain('image/svg+xml');
    expect(drawn.text).toMatch(/^<svg/);
    expect((await get(`/v1/tickets/${ticket.ticketId}/qr.svg`, app.signIn(['customer']))).body).toMatchObject({
      code: 'TICKET_NOT_FOUND',
    });
  });

  it('goes back to PENDING after a decline and takes a second card, also before the news of the first is here', async () => {
    const { order, paymentId } = await paying();
    const second = await begin(order);
    expect(second.status).toBe(200);
    await happens(failed(order, paymentId));
    expect(await statusOf(order.orderId)).toBe('PAYMENT_PROCESSING');
    await happens(failed(order, second.paymentId));
    expect(await statusOf(order.orderId)).toBe('PENDING');
    expect(neighbours.calls.filter(({ method, path }) => method === 'DELETE' && path.includes(order.reservationId))).toHaveLength(
      1,
    );
    const third = await begin(order);
    await happens(completed(order, third.paymentId));
    expect(await statusOf(order.orderId)).toBe('CONFIRMED');
  });

  it('sends the money back when the seats are gone, and is REFUNDED when it went', async () => {
    const { order, reservation, paymentId } = await paying();
    neighbours.outcomes.set(reservation.reservationId, 'GONE');
    await happens(completed(order, paymentId));
    await happens(completed(order, paymentId));
    expect(await statusOf(order.orderId)).toBe('EXPIRED');
    expect((await get(`/v1/orders/${order.orderId}/tickets`)).body.tickets).toEqual([]);
    const failures = (await app.published()).filter(
      ({ type, subject }) => type === 'booking.failed' && subject === order.orderId,
    );
    expect(failures).toMatchObject([{ data: { reason: 'SEATS_GONE', paymentId } }]);
    const refund = {
      refundId: newId('refund'),
      kind: 'LATE_PAYMENT' as const,
      refundedCents: order.totalCents,
      reason: 'SEATS_GONE',
      ticketIds: [],
      refundedAt: now,
    };
    await happens(event('payment.refunded', order.orderId, { ...paymentFacts(order, paymentId), ...refund }));
    expect(await statusOf(order.orderId)).toBe('REFUNDED');
  });

  it('confirms a payment that comes after the hold ended, if its seats are still free', async () => {
    const { order, reservation, paymentId } = await paying();
    await happens(released(reservation, 'EXPIRED'));
    expect(await statusOf(order.orderId)).toBe('PAYMENT_PROCESSING');
    await happens(failed(order, paymentId));
    expect(await statusOf(order.orderId)).toBe('EXPIRED');
    await happens(completed(order, newId('payment')));
    expect(await statusOf(order.orderId)).toBe('CONFIRMED');
  });
});

describe('an order that is not paid', () => {
  it('expires with its hold', async () => {
    const reservation = neighbours.reserve(buyer.userId);
    const { body: order } = await create(reservation.reservationId);
    await happens(released(reservation, 'EXPIRED'), released(reservation, 'EXPIRED'));
    expect(await statusOf(order.orderId)).toBe('EXPIRED');
    expect(await publishedOf(order.orderId)).toEqual(['booking.initiated', 'booking.cancelled']);
    const waited = await get(`/v1/orders/${order.orderId}?waitFor=CONFIRMED&timeoutMs=30000`);
    expect(waited.body.status).toBe('EXPIRED');
  });

  it('is cancelled by its buyer, and releases the seats', async () => {
    const reservation = neighbours.reserve(buyer.userId);
    const { body: order } = await create(reservation.reservationId);
    const cancel = (token: string) => app.request({ method: 'POST', url: `/v1/orders/${order.orderId}/cancel`, token });
    expect((await cancel(app.signIn(['customer']).token)).statusCode).toBe(404);
    expect((await cancel(buyer.token)).json()).toMatchObject({ status: 'CANCELLED' });
    expect((await cancel(buyer.token)).json()).toMatchObject({ status: 'CANCELLED' });
    await happens(...((await app.published()).filter(({ subject }) => subject === order.orderId) as unknown as DomainEvent[]));
    expect(neighbours.reservations.get(reservation.reservationId)?.status).toBe('RELEASED');
    expect((await create(reservation.reservationId)).body).toMatchObject({ code: 'RESERVATION_NOT_ACTIVE' });
  });

  it('is noted to be cancelled during a payment, and ends when that has failed', async () => {
    const { order, paymentId } = await paying();
    const cancel = async () =>
      (await app.request({ method: 'POST', url: `/v1/orders/${order.orderId}/cancel`, token: buyer.token })).json();
    const noted = { status: 'PAYMENT_PROCESSING', cancelReason: 'BUYER' };
    expect(await cancel()).toMatchObject(noted);
    expect(await cancel()).toMatchObject(noted);
    expect(await begin(order)).toMatchObject({ status: 409, body: { code: 'ORDER_NOT_PAYABLE' } });
    await happens(failed(order, paymentId));
    expect(await cancel()).toMatchObject({ status: 'CANCELLED', cancelReason: 'BUYER' });
    expect(await publishedOf(order.orderId)).toEqual(['booking.initiated', 'booking.cancelled']);
  });

  it('gives money back that comes after it was noted to be cancelled, and the seats with it', async () => {
    const { order, paymentId } = await paying();
    await app.request({ method: 'POST', url: `/v1/orders/${order.orderId}/cancel`, token: buyer.token });
    await happens(completed(order, paymentId));
    await happens(completed(order, paymentId));
    expect(await statusOf(order.orderId)).toBe('CANCELLED');
    expect((await get(`/v1/orders/${order.orderId}/tickets`)).body.tickets).toEqual([]);
    expect(await publishedOf(order.orderId)).toEqual(['booking.initiated', 'booking.failed']);
    const refund = { refundId: newId('refund'), refundedCents: order.totalCents, reason: '', ticketIds: [], refundedAt: now };
    await happens(
      event('payment.refunded', order.orderId, { ...paymentFacts(order, paymentId), ...refund, kind: 'LATE_PAYMENT' as const }),
    );
    expect(await statusOf(order.orderId)).toBe('REFUNDED');
    expect(neighbours.calls.filter(({ path }) => path.endsWith(`${order.reservationId}/deallocate`))).toMatchObject([
      { body: { orderId: order.orderId, seatIds: [7], places: [{ section: 'Floor', quantity: 1 }] } },
    ]);
  });

  it('that costs nothing is confirmed without a charge', async () => {
    const { body: order } = await create(neighbours.reserve(buyer.userId, 0).reservationId);
    expect(order).toMatchObject({ totalCents: 0, status: 'PENDING' });
    const { body } = await get(`/v1/orders/${order.orderId}?waitFor=CONFIRMED&timeoutMs=5000`);
    expect(body).toMatchObject({ status: 'CONFIRMED' });
    expect(body.paymentId).toBeUndefined();
    expect((await begin(order)).body).toMatchObject({ code: 'ORDER_NOT_PAYABLE' });
  });

  it('answers a wait that is over with what it is', async () => {
    const { body: order } = await create(neighbours.reserve(buyer.userId).reservationId);
    expect((await get(`/v1/orders/${order.orderId}?waitFor=CONFIRMED&timeoutMs=50`)).body.status).toBe('PENDING');
    expect((await get(`/v1/orders/${order.orderId}?waitFor=PENDING`)).status).toBe(400);
  });
});

describe('the reconciler', () => {
  const reconcile = async (): Promise<void> => {
    // Past every window and news time.
    nowMs = 1_000_000;
    await app.service.jobs?.find(({ name }) => name === 'reconcile-orders')?.run(new AbortController().signal);
  };

  it('finishes an order whose payment was captured, failed, or never was', async () => {
    const captured = await paying();
    const declined = await paying();
    const unknown = await paying();
    const open = await paying();
    neighbours.payments.set(captured.paymentId, 'SUCCESS');
    neighbours.payments.set(declined.paymentId, 'FAILED');
    neighbours.payments.set(open.paymentId, 'PENDING');
    await reconcile();
    expect(await Promise.all([captured, declined, unknown, open].map(({ order }) => statusOf(order.orderId)))).toEqual([
      'CONFIRMED',
      'PENDING',
      'PENDING',
      'PAYMENT_PROCESSING',
    ]);
    neighbours.payments.set(open.paymentId, 'SUCCESS');
    nowMs = 2_000_000;
    await app.service.jobs?.[0]?.run(new AbortController().signal);
    expect(await statusOf(open.order.orderId)).toBe('CONFIRMED');
  });

  it('ends an order whose hold ended before it was told', async () => {
    const over = neighbours.reserve(buyer.userId);
    const held = neighbours.reserve(buyer.userId);
    const { body: order } = await create(over.reservationId);
    const { body: other } = await create(held.reservationId);
    neighbours.reservations.set(over.reservationId, { ...over, status: 'EXPIRED' });
    await reconcile();
    expect([await statusOf(order.orderId), await statusOf(other.orderId)]).toEqual(['EXPIRED', 'PENDING']);
  });
});
