import { describe, expect, it } from 'vitest';
import { LONG_SILENCE_SECONDS, type House } from './house.ts';

/** An order on its way to its tickets, or to the end of its hold. */
export function paying(house: House): void {
  describe('an order that is being paid', () => {
    it('is confirmed once the money came', async () => {
      const eventId = await house.event();
      const bought = await house.bought(eventId, { seatIds: [1, 2] });
      expect(bought.ticketIds).toHaveLength(2);
      await house.ticketsAre(bought, ['VALID', 'VALID']);
      await house.seatIs(eventId, 1, 'ALLOCATED');
    });

    it('is open for a second card after a decline', async () => {
      const buyer = house.someone();
      const order = await house.order(buyer, await house.event(), { seatIds: [1] });
      expect(await house.pay(buyer, order, 'tok_insufficient_funds')).toMatchObject({ status: 402, body: { retryable: true } });
      await house.becomes(buyer, order.orderId, { status: 'PENDING' });
      expect((await house.pay(buyer, order)).status).toBe(201);
      await house.becomes(buyer, order.orderId, { status: 'CONFIRMED' });
    });

    it('is open again when the provider never answers, and nothing is captured', async () => {
      const buyer = house.someone();
      const order = await house.order(buyer, await house.event(), { seatIds: [1] });
      const silent = await house.pay(buyer, order, 'tok_gateway_timeout');
      expect(silent.body).toMatchObject({ failureReason: 'GATEWAY_TIMEOUT', retryable: true });
      await house.becomes(buyer, order.orderId, { status: 'PENDING' });
    });

    it('is paid by the next try when the word that the first may begin was lost', async () => {
      const buyer = house.someone();
      const order = await house.order(buyer, await house.event(), { seatIds: [1] });
      const trouble = house.trouble({ from: 'payments', to: 'orders', method: 'POST', path: /payments/ }, 'unanswered');
      expect((await house.pay(buyer, order)).status).toBe(503);
      await house.becomes(buyer, order.orderId, { status: 'PAYMENT_PROCESSING' });
      await trouble.end();
      expect((await house.pay(buyer, order)).status).toBe(201);
      await house.becomes(buyer, order.orderId, { status: 'CONFIRMED' });
    });
  });

  describe('an order whose payment never began', () => {
    it('is open again long before its seats would be given up', async () => {
      const buyer = house.someone();
      const eventId = await house.event();
      const order = await house.order(buyer, eventId, { seatIds: [1] });
      const trouble = house.trouble({ from: 'payments', to: 'orders', method: 'POST', path: /payments/ }, 'unanswered');
      expect((await house.pay(buyer, order)).status).toBe(503);
      await trouble.end();
      await house.becomes(buyer, order.orderId, { status: 'PAYMENT_PROCESSING' });
      await house.pass(LONG_SILENCE_SECONDS);
      await house.becomes(buyer, order.orderId, { status: 'PENDING' });
      await house.seatIs(eventId, 1, 'RESERVED');
    });
  });

  describe('an order that nobody pays', () => {
    it('ends with its hold', async () => {
      const buyer = house.someone();
      const order = await house.order(buyer, await house.event(), { seatIds: [1] });
      await house.letHoldsEnd();
      await house.becomes(buyer, order.orderId, { status: 'EXPIRED' });
      expect(await house.pay(buyer, order)).toMatchObject({ status: 409, body: { code: 'ORDER_NOT_PAYABLE' } });
    });

    it('ends when its seats are released', async () => {
      const buyer = house.someone();
      const { orderId, reservationId } = await house.order(buyer, await house.event(), { seatIds: [1] });
      expect((await buyer.send('POST', '/v1/seats/release', { reservationId })).status).toBe(200);
      await house.becomes(buyer, orderId, { status: 'CANCELLED' });
    });

    it('ends when the buyer gives it up, and its seats are free', async () => {
      const buyer = house.someone();
      const eventId = await house.event();
      const { orderId } = await house.order(buyer, eventId, { seatIds: [1] });
      expect(await house.cancel(buyer, orderId)).toMatchObject({ body: { status: 'CANCELLED', cancelReason: 'BUYER' } });
      await house.seatIs(eventId, 1, 'AVAILABLE');
    });

    it('ends after the decline if its seats were released before the decline was heard of', async () => {
      const buyer = house.someone();
      const order = await house.order(buyer, await house.event(), { seatIds: [1] });
      const trouble = house.trouble({ from: 'orders', to: 'seating', method: 'DELETE', path: /payment-window/ }, 'unanswered');
      const letGo = house.hold('orders.payment-failed');
      expect((await house.pay(buyer, order, 'tok_card_declined')).status).toBe(402);
      await trouble.met;
      const { orderId, reservationId } = order;
      expect((await buyer.send('POST', '/v1/seats/release', { reservationId })).status).toBe(200);
      await house.meets(buyer, orderId, 'HOLD_RELEASED');
      await house.becomes(buyer, orderId, { status: 'PAYMENT_PROCESSING' });
      await trouble.end();
      letGo();
      await house.becomes(buyer, orderId, { status: 'CANCELLED' });
    });
  });
}
