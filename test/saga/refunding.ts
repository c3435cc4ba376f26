import { describe, expect, it } from 'vitest';
import type { House } from './house.ts';

/** Money that an organizer gives back. */
export function refunding(house: House): void {
  describe('a refund', () => {
    it('of one ticket after the other ends the order with the last', async () => {
      const bought = await house.bought(await house.event(), { seatIds: [1, 2, 3] });
      const { buyer, orderId, paymentId, ticketIds } = bought;
      const statuses = ['PARTIALLY_REFUNDED', 'PARTIALLY_REFUNDED', 'REFUNDED'];
      for (const [index, ticketId] of ticketIds.entries()) {
        const given = await house.refund({ paymentId, ticketIds: [ticketId], reason: 'Asked for' });
        expect(given.body).toMatchObject({ kind: 'TICKETS', status: 'SUCCESS' });
        await house.becomes(buyer, orderId, { status: statuses[index] });
      }
      await house.ticketsAre(bought, ['REVOKED', 'REVOKED', 'REVOKED']);
    });

    it('of everything ends the order', async () => {
      const { buyer, orderId, paymentId } = await house.bought(await house.event(), { seatIds: [1] });
      expect((await house.refund({ paymentId, reason: 'Asked for' })).status).toBe(201);
      await house.becomes(buyer, orderId, { status: 'REFUNDED' });
    });

    it('out of goodwill leaves the tickets as they are', async () => {
      const bought = await house.bought(await house.event(), { seatIds: [1] });
      await house.refund({ paymentId: bought.paymentId, amountCents: 100, reason: 'Sorry' });
      await house.becomes(bought.buyer, bought.orderId, { status: 'PARTIALLY_REFUNDED' });
      await house.ticketsAre(bought, ['VALID']);
    });

    it('is done while seating is away, and the seats are free when it is back', async () => {
      const eventId = await house.event();
      const bought = await house.bought(eventId, { seatIds: [1] });
      const away = house.trouble({ from: 'orders', to: 'seating', path: /./ }, 'unsent');
      expect((await house.refund({ paymentId: bought.paymentId, reason: 'Asked for' })).status).toBe(201);
      await house.becomes(bought.buyer, bought.orderId, { status: 'REFUNDED' });
      await house.ticketsAre(bought, ['REVOKED']);
      const { body } = await bought.buyer.get(`/v1/payments/${bought.paymentId}`);
      expect(body).toMatchObject({ status: 'REFUNDED', refundedCents: bought.totalCents });
      await away.met;
      await house.seatIs(eventId, 1, 'ALLOCATED');
      await away.end();
      await house.seatIs(eventId, 1, 'AVAILABLE');
    });
  });

  describe('a refund that the provider refuses for good', () => {
    it('leaves the order and its tickets as they were', async () => {
      const bought = await house.bought(await house.event(), { seatIds: [1] }, 'tok_refund_refused');
      const { buyer, orderId, paymentId } = bought;
      expect(await house.refund({ paymentId, reason: 'All' })).toMatchObject({ status: 409, body: { code: 'REFUND_FAILED' } });
      await house.meets(buyer, orderId, 'REFUND_FAILED');
      await house.becomes(buyer, orderId, { status: 'CONFIRMED' });
      await house.ticketsAre(bought, ['VALID']);
    });

    it('takes a cancellation back, also of an order that was refunded in part', async () => {
      const bought = await house.bought(await house.event(), { seatIds: [1, 2] });
      const { buyer, orderId, paymentId, ticketIds } = bought;
      await house.refund({ paymentId, ticketIds: ticketIds.slice(0, 1), reason: 'One of us is ill' });
      await house.becomes(buyer, orderId, { status: 'PARTIALLY_REFUNDED' });
      await house.refusesRefunds(paymentId);
      expect((await house.cancel(buyer, orderId)).body).toMatchObject({ cancelReason: 'BUYER' });
      await house.meets(buyer, orderId, 'REFUND_FAILED');
      await house.becomes(buyer, orderId, { status: 'PARTIALLY_REFUNDED' });
      expect((await buyer.get(`/v1/orders/${orderId}`)).body.cancelReason).toBeUndefined();
      await house.ticketsAre(bought, ['REVOKED', 'VALID']);
    });

    it('leaves money owed that came too late', async () => {
      const eventId = await house.event();
      const late = await house.paidInSilence(eventId, { seatIds: [1] });
      await house.refusesRefunds(late.paymentId);
      await house.letHoldsEnd();
      await house.bought(eventId, { seatIds: [1] });
      await house.speaks(late.paymentId);
      await house.becomes(late.buyer, late.orderId, { status: 'EXPIRED' });
      const refunds = async () => (await late.buyer.get(`/v1/payments/${late.paymentId}`)).body.refunds;
      await expect.poll(refunds, { timeout: 10_000 }).toMatchObject([{ kind: 'LATE_PAYMENT', status: 'FAILED' }]);
    });

    it('leaves the void tickets of a cancelled event owed', async () => {
      const eventId = await house.event();
      const bought = await house.bought(eventId, { seatIds: [1, 2] }, 'tok_refund_refused');
      await house.callOff(eventId);
      await house.meets(bought.buyer, bought.orderId, 'REFUND_FAILED');
      await house.becomes(bought.buyer, bought.orderId, { status: 'CONFIRMED', cancelReason: 'EVENT_CANCELLED' });
      await house.ticketsAre(bought, ['REVOKED', 'REVOKED']);
    });
  });
}
