import { afterAll, describe, expect, it } from 'vitest';
import type { DomainEvent } from '../../contracts/events/domain-event.ts';
import { newId } from '../../contracts/ids.ts';
import { domainEvent } from '../../test/support/domain-event.ts';
import { completed, failed, paymentFacts, released, startOrders } from './test-orders.ts';

const orders = await startOrders();
afterAll(() => orders.app.stop());
const { app, begin, create, get, neighbours, one, paying, publishedOf, statusOf } = orders;

describe('an order that is not paid', () => {
  it('expires with its hold', async () => {
    const reservation = neighbours.reserve(one.buyer.userId);
    const { body: order } = await create(reservation.reservationId);
    await app.deliver(released(reservation, 'EXPIRED'), released(reservation, 'EXPIRED'));
    expect(await statusOf(order.orderId)).toBe('EXPIRED');
    expect(await publishedOf(order.orderId)).toEqual(['booking.initiated', 'booking.cancelled']);
    const waited = await get(`/v1/orders/${order.orderId}?waitFor=CONFIRMED&timeoutMs=30000`);
    expect(waited.body.status).toBe('EXPIRED');
  });

  it('is cancelled by its buyer, and releases the seats', async () => {
    const reservation = neighbours.reserve(one.buyer.userId);
    const { body: order } = await create(reservation.reservationId);
    const cancel = (token: string) => app.request({ method: 'POST', url: `/v1/orders/${order.orderId}/cancel`, token });
    expect((await cancel(app.signIn(['customer']).token)).statusCode).toBe(404);
    expect((await cancel(one.buyer.token)).json()).toMatchObject({ status: 'CANCELLED' });
    expect((await cancel(one.buyer.token)).json()).toMatchObject({ status: 'CANCELLED' });
    await app.deliver(
      ...((await app.published()).filter(({ subject }) => subject === order.orderId) as unknown as DomainEvent[]),
    );
    expect(neighbours.reservations.get(reservation.reservationId)?.status).toBe('RELEASED');
    expect((await create(reservation.reservationId)).body).toMatchObject({ code: 'RESERVATION_NOT_ACTIVE' });
  });

  it('is noted to be cancelled during a payment, and ends when that has failed', async () => {
    const { order, paymentId } = await paying();
    const cancel = async () =>
      (await app.request({ method: 'POST', url: `/v1/orders/${order.orderId}/cancel`, token: one.buyer.token })).json();
    const noted = { status: 'PAYMENT_PROCESSING', cancelReason: 'BUYER' };
    expect(await cancel()).toMatchObject(noted);
    expect(await cancel()).toMatchObject(noted);
    expect(await begin(order)).toMatchObject({ status: 409, body: { code: 'ORDER_NOT_PAYABLE' } });
    await app.deliver(failed(order, paymentId));
    expect(await cancel()).toMatchObject({ status: 'CANCELLED', cancelReason: 'BUYER' });
    expect(await publishedOf(order.orderId)).toEqual(['booking.initiated', 'booking.cancelled']);
  });

  it('gives money back that comes after it was noted to be cancelled, and the seats with it', async () => {
    const { order, paymentId } = await paying();
    await app.request({ method: 'POST', url: `/v1/orders/${order.orderId}/cancel`, token: one.buyer.token });
    await app.deliver(completed(order, paymentId));
    await app.deliver(completed(order, paymentId));
    expect(await statusOf(order.orderId)).toBe('CANCELLED');
    expect((await get(`/v1/orders/${order.orderId}/tickets`)).body.tickets).toEqual([]);
    expect(await publishedOf(order.orderId)).toEqual(['booking.initiated', 'booking.failed']);
    const refund = {
      refundId: newId('refund'),
      refundedCents: order.totalCents,
      reason: '',
      ticketIds: [],
      refundedAt: new Date().toISOString(),
    };
    await app.deliver(
      domainEvent('payment.refunded', order.orderId, {
        ...paymentFacts(order, paymentId),
        ...refund,
        kind: 'LATE_PAYMENT' as const,
      }),
    );
    expect(await statusOf(order.orderId)).toBe('REFUNDED');
    expect(neighbours.calls.filter(({ path }) => path.endsWith(`${order.reservationId}/deallocate`))).toMatchObject([
      { body: { orderId: order.orderId, seatIds: [7], places: [{ section: 'Floor', quantity: 1 }] } },
    ]);
  });

  it('that costs nothing is confirmed without a charge', async () => {
    const { body: order } = await create(neighbours.reserve(one.buyer.userId, 0).reservationId);
    expect(order).toMatchObject({ totalCents: 0, status: 'PENDING' });
    const { body } = await get(`/v1/orders/${order.orderId}?waitFor=CONFIRMED&timeoutMs=5000`);
    expect(body).toMatchObject({ status: 'CONFIRMED' });
    expect(body.paymentId).toBeUndefined();
    expect((await begin(order)).body).toMatchObject({ code: 'ORDER_NOT_PAYABLE' });
  });

  it('answers a wait that is over with what it is', async () => {
    const { body: order } = await create(neighbours.reserve(one.buyer.userId).reservationId);
    expect((await get(`/v1/orders/${order.orderId}?waitFor=CONFIRMED&timeoutMs=50`)).body.status).toBe('PENDING');
    expect((await get(`/v1/orders/${order.orderId}?waitFor=PENDING`)).status).toBe(400);
  });
});
