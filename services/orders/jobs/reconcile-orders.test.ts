import { afterAll, describe, expect, it } from 'vitest';
import { startOrders } from '../test-orders.ts';

const orders = await startOrders();
afterAll(() => orders.app.stop());
const { app, create, neighbours, one, paying, statusOf, time } = orders;

describe('the reconciler', () => {
  const reconcile = async (): Promise<void> => {
    // Past every window and news time.
    time.aheadMs = 1_000_000;
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
    time.aheadMs = 2_000_000;
    await app.service.jobs?.[0]?.run(new AbortController().signal);
    expect(await statusOf(open.order.orderId)).toBe('CONFIRMED');
  });

  it('ends an order whose hold ended before it was told', async () => {
    const over = neighbours.reserve(one.buyer.userId);
    const held = neighbours.reserve(one.buyer.userId);
    const { body: order } = await create(over.reservationId);
    const { body: other } = await create(held.reservationId);
    neighbours.reservations.set(over.reservationId, { ...over, status: 'EXPIRED' });
    await reconcile();
    expect([await statusOf(order.orderId), await statusOf(other.orderId)]).toEqual(['EXPIRED', 'PENDING']);
  });
});
