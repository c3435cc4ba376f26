import { describe, expect, it } from 'vitest';
import type { House } from './house.ts';

/** Orders that the buyer gives up, or whose event does not take place. */
export function givingUp(house: House): void {
  describe('an order that the buyer gives up', () => {
    it('during its payment gives the money back when it comes', async () => {
      const eventId = await house.event();
      const late = await house.paidInSilence(eventId, { seatIds: [1] });
      expect((await house.cancel(late.buyer, late.orderId)).body).toMatchObject({
        status: 'PAYMENT_PROCESSING',
        cancelReason: 'BUYER',
      });
      await house.speaks(late.paymentId);
      await house.becomes(late.buyer, late.orderId, { status: 'REFUNDED' });
      await house.ticketsAre(late, []);
      await house.seatIs(eventId, 1, 'AVAILABLE');
    });

    it('gives all its money and seats back when it was paid', async () => {
      const eventId = await house.event();
      const bought = await house.bought(eventId, { seatIds: [1, 2] });
      await house.cancel(bought.buyer, bought.orderId);
      await house.becomes(bought.buyer, bought.orderId, { status: 'REFUNDED', cancelReason: 'BUYER' });
      await house.ticketsAre(bought, ['REVOKED', 'REVOKED']);
      await house.seatIs(eventId, 1, 'AVAILABLE');
    });

    it('gives back what is left when a part was refunded before', async () => {
      const eventId = await house.event();
      const bought = await house.bought(eventId, { seatIds: [1, 2, 3] });
      const [first = ''] = bought.ticketIds;
      await house.refund({ paymentId: bought.paymentId, ticketIds: [first], reason: 'One of us is ill' });
      await house.becomes(bought.buyer, bought.orderId, { status: 'PARTIALLY_REFUNDED' });
      await house.cancel(bought.buyer, bought.orderId);
      await house.becomes(bought.buyer, bought.orderId, { status: 'REFUNDED', cancelReason: 'BUYER' });
      const { body } = await bought.buyer.get(`/v1/payments/${bought.paymentId}`);
      expect(body).toMatchObject({ status: 'REFUNDED', refundedCents: bought.totalCents });
    });
  });

  describe('an event that is cancelled', () => {
    it('ends orders that wait for their payment', async () => {
      const eventId = await house.event();
      const buyer = house.someone();
      const { orderId } = await house.order(buyer, eventId, { seatIds: [1] });
      await house.callOff(eventId);
      await house.becomes(buyer, orderId, { status: 'CANCELLED', cancelReason: 'EVENT_CANCELLED' });
    });

    it('sends the money back that comes for an order afterwards', async () => {
      const eventId = await house.event();
      const late = await house.paidInSilence(eventId, { seatIds: [1] });
      await house.callOff(eventId);
      await house.becomes(late.buyer, late.orderId, { status: 'PAYMENT_PROCESSING', cancelReason: 'EVENT_CANCELLED' });
      await house.speaks(late.paymentId);
      await house.becomes(late.buyer, late.orderId, { status: 'REFUNDED', cancelReason: 'EVENT_CANCELLED' });
    });

    it('refunds what was paid, also when a part was refunded before', async () => {
      const eventId = await house.event();
      const whole = await house.bought(eventId, { seatIds: [1, 2] });
      const partly = await house.bought(eventId, { seatIds: [3, 4] });
      const [first = ''] = partly.ticketIds;
      await house.refund({ paymentId: partly.paymentId, ticketIds: [first], reason: 'One of us is ill' });
      await house.becomes(partly.buyer, partly.orderId, { status: 'PARTIALLY_REFUNDED' });
      await house.callOff(eventId);
      for (const bought of [whole, partly]) {
        await house.becomes(bought.buyer, bought.orderId, { status: 'REFUNDED', cancelReason: 'EVENT_CANCELLED' });
        await house.ticketsAre(bought, ['REVOKED', 'REVOKED']);
      }
    });
  });
}
