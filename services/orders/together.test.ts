import { randomUUID } from 'node:crypto';
import { afterAll, describe, expect, it } from 'vitest';
import { newId } from '../../contracts/ids.ts';
import { completed, startOrders } from './test-orders.ts';

const orders = await startOrders();
afterAll(() => orders.app.stop());
const { app, begin, create, neighbours, one, paying, publishedOf, statusOf } = orders;

const reserve = () => neighbours.reserve(one.buyer.userId).reservationId;
const cancel = (orderId: string) => app.request({ method: 'POST', url: `/v1/orders/${orderId}/cancel`, token: one.buyer.token });

describe('orders that are made at the same moment', () => {
  it('are one per key and one per reservation, and do not mind one another', async () => {
    const [shared, repeated, other] = [reserve(), reserve(), reserve()];
    const key = randomUUID();
    const answers = await Promise.all([
      create(shared),
      create(shared),
      create(repeated, key),
      create(repeated, key),
      create(other, key),
      create(reserve()),
    ]);
    expect(answers.map(({ status, body }) => (status === 201 ? 201 : body.code))).toEqual([
      201,
      'ORDER_EXISTS',
      201,
      201,
      'IDEMPOTENCY_KEY_REUSED',
      201,
    ]);
    expect(answers[1]?.body.orderId).toBe(answers[0]?.body.orderId);
    expect(answers[3]?.body).toEqual(answers[2]?.body);
    expect(answers[3]?.headers['idempotent-replayed']).toBe('true');
  });

  it('do not fail with one of them that cannot be stored', async () => {
    const bad = neighbours.reserve(one.buyer.userId);
    const [seat] = bad.seats;
    if (seat === undefined) throw new Error('no seat');
    neighbours.reservations.set(bad.reservationId, { ...bad, seats: [{ ...seat, seatCode: '\0' }] });
    const answers = await Promise.all([create(reserve()), create(bad.reservationId), create(reserve()), create(reserve())]);
    expect(answers.map(({ status }) => status)).toEqual([201, 400, 201, 201]);
  });
});

describe('a payment that begins while its order is cancelled', () => {
  it.each([
    ['after it', 'cancel first'],
    ['before it', 'begin first'],
  ])('%s never ends in tickets', async (_name, order) => {
    const { body } = await create(reserve());
    const paymentId = newId('payment');
    const both = [() => cancel(body.orderId), () => begin(body, paymentId)];
    if (order === 'begin first') both.reverse();
    await Promise.all(both.map((act) => act()));
    // Payments may have captured by now, whatever was answered.
    await app.deliver(completed(body, paymentId));
    expect(await statusOf(body.orderId)).toBe('CANCELLED');
    const published = await publishedOf(body.orderId);
    expect(published).not.toContain('ticket.issued');
    expect(published).toContain('booking.failed');
  });
});

describe('payments that are told of together', () => {
  it('confirm their orders, each with its events in order, whatever comes between', async () => {
    const paid = await Promise.all(Array.from({ length: 20 }, () => paying()));
    const unknown = { ...paid[0]?.order, orderId: newId('order') } as (typeof paid)[number]['order'];
    const news = paid.flatMap(({ order, paymentId }, index) => [
      completed(order, paymentId),
      ...(index === 7 ? [completed(unknown, newId('payment'))] : []),
    ]);
    await app.deliver(...news);
    const statuses = await Promise.all(paid.map(({ order }) => statusOf(order.orderId)));
    expect(new Set(statuses)).toEqual(new Set(['CONFIRMED']));
    const stories = await Promise.all(paid.map(({ order }) => publishedOf(order.orderId)));
    for (const story of stories) expect(story).toEqual(['booking.initiated', 'booking.confirmed', 'ticket.issued']);
  });
});
