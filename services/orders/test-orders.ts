import { randomUUID } from 'node:crypto';
import { beforeEach, expect } from 'vitest';
import type { DomainEventData } from '../../contracts/events/domain-event.ts';
import { newId } from '../../contracts/ids.ts';
import type { Order } from '../../contracts/http/orders.ts';
import type { Reservation } from '../../contracts/http/seating.ts';
import { domainEvent } from '../../test/support/domain-event.ts';
import { startServiceApp } from '../../test/support/service-app.ts';
import { orders } from './service.ts';
import { fakeNeighbours } from './test-seating.ts';

type User = { userId: string; token: string };

/** Orders with neighbours and a clock in the hands of the test, and a new buyer for each test. */
export async function startOrders() {
  const neighbours = fakeNeighbours();
  /** `aheadMs`: how far the clock of orders is ahead. */
  const time = { aheadMs: 0 };
  const app = await startServiceApp(orders, {
    services: neighbours,
    clock: { now: () => new Date(Date.now() + time.aheadMs) },
    settings: { FEE_PERCENT: '10', FEE_FIXED_CENTS: '50', TAX_PERCENT: '0' },
  });
  /** Who asks, unless a test says otherwise; somebody else in each. */
  const one = { buyer: app.signIn(['customer']) };
  beforeEach(() => {
    one.buyer = app.signIn(['customer']);
    neighbours.down = false;
    time.aheadMs = 0;
  });

  async function create(reservationId: string, key: string = randomUUID(), who: User = one.buyer) {
    const answer = await app.request({
      method: 'POST',
      url: '/v1/orders',
      token: who.token,
      headers: { 'idempotency-key': key },
      payload: { reservationId },
    });
    return { status: answer.statusCode, headers: answer.headers, body: answer.json() };
  }

  async function get(path: string, who: User = one.buyer) {
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
    order: Pick<Order, 'orderId' | 'totalCents' | 'currency'>,
    paymentId = newId('payment'),
    userId = one.buyer.userId,
  ) {
    const { orderId, totalCents: amountCents, currency } = order;
    const payload = { paymentId, userId, amountCents, currency };
    const answer = await app.requestAsService({ method: 'POST', url: `/internal/orders/${orderId}/payments`, payload });
    return { status: answer.statusCode, body: answer.json(), paymentId };
  }

  /** A new order of the buyer's, in PAYMENT_PROCESSING. */
  async function paying(priceCents?: number): Promise<{ order: Order; reservation: Reservation; paymentId: string }> {
    const reservation = neighbours.reserve(one.buyer.userId, priceCents);
    const { body: order } = await create(reservation.reservationId);
    const { paymentId, status } = await begin(order);
    expect(status).toBe(200);
    return { order, reservation, paymentId };
  }

  async function publishedOf(orderId: string): Promise<string[]> {
    return (await app.published()).filter(({ subject }) => subject === orderId).map(({ type }) => type);
  }

  return { app, neighbours, time, one, create, get, statusOf, begin, paying, publishedOf };
}

const now = new Date().toISOString();

export function paymentFacts(order: Order, paymentId: string) {
  const { orderId, userId, eventId, reservationId, totalCents: amountCents, currency } = order;
  return { paymentId, orderId, userId, eventId, reservationId, amountCents, currency };
}

export const completed = (order: Order, paymentId: string) =>
  domainEvent('payment.completed', order.orderId, {
    ...paymentFacts(order, paymentId),
    transactionId: 'tx',
    attempt: 1,
    completedAt: now,
  });
export const failed = (order: Order, paymentId: string) =>
  domainEvent('payment.failed', order.orderId, {
    ...paymentFacts(order, paymentId),
    failureReason: 'CARD_DECLINED',
    retryable: false,
    attempt: 1,
    failedAt: now,
  });
export const released = (reservation: Reservation, reason: DomainEventData<'seat.released'>['reason']) =>
  domainEvent('seat.released', reservation.eventId, {
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
