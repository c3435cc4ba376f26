import { describe, expect, it } from 'vitest';
import type { Client } from '../support/buyer.ts';
import { LONG_SILENCE_SECONDS, type House } from './house.ts';

/** Money that comes when nobody waits for it any more. */
export function lateMoney(house: House): void {
  describe('a payment that arrives after the hold ended', () => {
    it('takes the same seats if they are still free', async () => {
      const eventId = await house.event();
      const late = await house.paidInSilence(eventId, { seatIds: [1, 2] });
      await house.letHoldsEnd();
      await house.meets(late.buyer, late.orderId, 'HOLD_EXPIRED');
      await house.becomes(late.buyer, late.orderId, { status: 'PAYMENT_PROCESSING' });
      await house.seatIs(eventId, 1, 'AVAILABLE');
      await house.speaks(late.paymentId);
      await house.becomes(late.buyer, late.orderId, { status: 'CONFIRMED' });
      await house.ticketsAre(late, ['VALID', 'VALID']);
      await house.seatIs(eventId, 1, 'ALLOCATED');
    });

    it('and finds the seats gone is refunded by itself', async () => {
      const eventId = await house.event();
      const late = await house.paidInSilence(eventId, { seatIds: [1, 2] });
      await house.letHoldsEnd();
      await house.bought(eventId, { seatIds: [2] });
      await house.speaks(late.paymentId);
      await house.becomes(late.buyer, late.orderId, { status: 'REFUNDED' });
      await isPaidBack(late);
      await house.ticketsAre(late, []);
      await house.seatIs(eventId, 1, 'AVAILABLE');
    });

    it('and finds the last places gone is refunded by itself', async () => {
      const eventId = await house.event();
      const late = await house.paidInSilence(eventId, { places: [{ section: 'Floor', quantity: 3 }] });
      await house.letHoldsEnd();
      await house.bought(eventId, { places: [{ section: 'Floor', quantity: 2 }] });
      await house.speaks(late.paymentId);
      await house.becomes(late.buyer, late.orderId, { status: 'REFUNDED' });
      await isPaidBack(late);
      const availability = await late.buyer.get(`/v1/seats/availability?eventId=${eventId}`);
      expect(availability.body).toMatchObject({ availableSeats: 14, allocatedSeats: 2, reservedSeats: 0 });
    });
  });

  /**
   * The first payment's request to begin reaches orders only when that payment was given up and a second one is at the provider. To
   * orders the payment under way is now one that payments does not know: it is open again while the second may still capture.
   */
  async function takenForUnpaid(eventId: string) {
    const buyer = house.someone();
    const order = await house.order(buyer, eventId, { seatIds: [1] });
    const late = house.trouble({ from: 'payments', to: 'orders', method: 'POST', path: /payments/ }, 'late');
    expect((await house.pay(buyer, order)).status).toBe(503);
    const { body } = await house.pay(buyer, order, 'tok_timeout_captured');
    await house.staysSilent(body.paymentId);
    await late.end();
    await house.pass(LONG_SILENCE_SECONDS);
    await house.becomes(buyer, order.orderId, { status: 'PENDING' });
    return { buyer, orderId: order.orderId, paymentId: body.paymentId, totalCents: order.totalCents };
  }

  describe('money for an order that was taken for unpaid', () => {
    it('confirms it', async () => {
      const { buyer, orderId, paymentId } = await takenForUnpaid(await house.event());
      await house.speaks(paymentId);
      await house.becomes(buyer, orderId, { status: 'CONFIRMED' });
    });

    it('confirms it also when it has expired and its seats are free', async () => {
      const { buyer, orderId, paymentId } = await takenForUnpaid(await house.event());
      await house.letHoldsEnd();
      await house.becomes(buyer, orderId, { status: 'EXPIRED' });
      await house.speaks(paymentId);
      await house.becomes(buyer, orderId, { status: 'CONFIRMED' });
    });

    it('goes back when the buyer has given it up', async () => {
      const eventId = await house.event();
      const { buyer, orderId, paymentId, totalCents } = await takenForUnpaid(eventId);
      expect((await house.cancel(buyer, orderId)).body).toMatchObject({ status: 'CANCELLED' });
      await house.speaks(paymentId);
      await house.becomes(buyer, orderId, { status: 'REFUNDED', cancelReason: 'BUYER' });
      await isPaidBack({ buyer, paymentId, totalCents });
      await house.seatIs(eventId, 1, 'AVAILABLE');
    });
  });
}

type Paid = { buyer: Client; paymentId: string; totalCents: number };

async function isPaidBack({ buyer, paymentId, totalCents }: Paid): Promise<void> {
  const { body } = await buyer.get(`/v1/payments/${paymentId}`);
  expect(body).toMatchObject({ status: 'REFUNDED', refundedCents: totalCents });
}
