import { randomUUID } from 'node:crypto';
import { afterAll, describe, expect, it } from 'vitest';
import { newId } from '../../contracts/ids.ts';
import type { Order } from '../../contracts/http/orders.ts';
import { startOrders } from './test-orders.ts';

const orders = await startOrders();
afterAll(() => orders.app.stop());
const { app, create, get, neighbours, one, publishedOf } = orders;

describe('making an order', () => {
  it('prices the reservation and says so', async () => {
    const reservation = neighbours.reserve(one.buyer.userId);
    const { status, body } = await create(reservation.reservationId);
    expect(status).toBe(201);
    // Per ticket 5000 + 10 % + 50.
    expect(body).toMatchObject({
      ...{ status: 'PENDING', userId: one.buyer.userId, reservationId: reservation.reservationId },
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
    const { reservationId } = neighbours.reserve(one.buyer.userId);
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
    const { reservationId } = neighbours.reserve(one.buyer.userId);
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
    const over = neighbours.reserve(one.buyer.userId);
    neighbours.reservations.set(over.reservationId, { ...over, status: 'EXPIRED' });
    expect(await create(over.reservationId)).toMatchObject({ status: 409, body: { code: 'RESERVATION_NOT_ACTIVE' } });
    expect(await create(newId('reservation'))).toMatchObject({ status: 404 });
    neighbours.down = true;
    const unavailable = await create(neighbours.reserve(one.buyer.userId).reservationId);
    expect(unavailable).toMatchObject({
      status: 503,
      body: { code: 'SERVICE_UNAVAILABLE' },
      headers: { 'retry-after': expect.any(String) },
    });
    const keyless = await app.request({ method: 'POST', url: '/v1/orders', token: one.buyer.token, payload: { reservationId } });
    expect(keyless.json()).toMatchObject({ code: 'IDEMPOTENCY_KEY_REQUIRED' });
  });

  it('shows an order to its owner and to admins only', async () => {
    const { body } = await create(neighbours.reserve(one.buyer.userId).reservationId);
    for (const path of [`/v1/orders/${body.orderId}`, `/v1/orders/${body.orderId}/tickets`]) {
      expect((await get(path, app.signIn(['customer', 'organizer']))).status).toBe(404);
      expect((await get(path, app.signIn(['admin']))).status).toBe(200);
    }
    expect((await get('/v1/orders/nonsense')).body).toMatchObject({ code: 'ORDER_NOT_FOUND' });
  });

  it('lists in pages, the latest first', async () => {
    const made = [];
    for (let count = 0; count < 3; count++)
      made.push((await create(neighbours.reserve(one.buyer.userId).reservationId)).body.orderId);
    const first = await get('/v1/orders?limit=2');
    expect(first.body.items.map((order: Order) => order.orderId)).toEqual([made[2], made[1]]);
    const second = await get(`/v1/orders?limit=2&cursor=${first.body.nextCursor}`);
    expect(second.body).toMatchObject({ items: [{ orderId: made[0] }], nextCursor: null });
    expect((await get('/v1/orders?cursor=x')).body).toMatchObject({ code: 'VALIDATION_FAILED' });
  });
});
