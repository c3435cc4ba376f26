import { afterAll, describe, expect, it } from 'vitest';
import { newId } from '../../contracts/ids.ts';
import { domainEvent } from '../../test/support/domain-event.ts';
import { completed, failed, paymentFacts, released, startOrders } from './test-orders.ts';

const orders = await startOrders();
afterAll(() => orders.app.stop());
const { app, begin, create, get, neighbours, one, paying, publishedOf, statusOf } = orders;

describe('paying', () => {
  it('keeps the seats first, and is answered again for the same payment', async () => {
    const { order, paymentId } = await paying();
    const again = await begin(order, paymentId);
    expect(again).toMatchObject({ status: 200, body: { eventId: order.eventId, reservationId: order.reservationId } });
    expect(await statusOf(order.orderId)).toBe('PAYMENT_PROCESSING');
  });

  it('does not begin with another amount, another user, an ended hold, or without seating', async () => {
    const reservation = neighbours.reserve(one.buyer.userId);
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
    await app.deliver(news, news);
    await app.deliver(news);
    await app.deliver(completed(order, paymentId), failed(order, paymentId));
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
    await app.deliver(completed(order, paymentId));
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
    await app.deliver(failed(order, paymentId));
    expect(await statusOf(order.orderId)).toBe('PAYMENT_PROCESSING');
    await app.deliver(failed(order, second.paymentId));
    expect(await statusOf(order.orderId)).toBe('PENDING');
    expect(neighbours.calls.filter(({ method, path }) => method === 'DELETE' && path.includes(order.reservationId))).toHaveLength(
      1,
    );
    const third = await begin(order);
    await app.deliver(completed(order, third.paymentId));
    expect(await statusOf(order.orderId)).toBe('CONFIRMED');
  });

  it('sends the money back when the seats are gone, and is REFUNDED when it went', async () => {
    const { order, reservation, paymentId } = await paying();
    neighbours.outcomes.set(reservation.reservationId, 'GONE');
    await app.deliver(completed(order, paymentId));
    await app.deliver(completed(order, paymentId));
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
      refundedAt: new Date().toISOString(),
    };
    await app.deliver(domainEvent('payment.refunded', order.orderId, { ...paymentFacts(order, paymentId), ...refund }));
    expect(await statusOf(order.orderId)).toBe('REFUNDED');
  });

  it('confirms a payment that comes after the hold ended, if its seats are still free', async () => {
    const { order, reservation, paymentId } = await paying();
    await app.deliver(released(reservation, 'EXPIRED'));
    expect(await statusOf(order.orderId)).toBe('PAYMENT_PROCESSING');
    await app.deliver(failed(order, paymentId));
    expect(await statusOf(order.orderId)).toBe('EXPIRED');
    await app.deliver(completed(order, newId('payment')));
    expect(await statusOf(order.orderId)).toBe('CONFIRMED');
  });
});
