import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { Answer, Client } from '../support/buyer.ts';
import { LONG_SILENCE_SECONDS, type House } from './house.ts';

/** Orders that are made with their hold and their payment in one call. */
export function oneCallBookings(house: House): void {
  function book(buyer: Client, eventId: string, paymentToken: string, wait = ''): Promise<Answer> {
    const body = { eventId, seatIds: [1], paymentMethod: 'CREDIT_CARD', paymentToken };
    return buyer.send('POST', `/v1/bookings${wait}`, body, { key: randomUUID() });
  }

  describe('a booking in one call', () => {
    it('is confirmed once the money came', async () => {
      const buyer = house.someone();
      const { body } = await book(buyer, await house.event(), 'tok_success');
      await house.becomes(buyer, body.orderId, { status: 'CONFIRMED' });
    });

    it('fails with its payment, and its seats are free at once', async () => {
      const eventId = await house.event();
      const buyer = house.someone();
      const { status, body } = await book(buyer, eventId, 'tok_card_declined', '?waitFor=CONFIRMED&timeoutMs=10000');
      expect([status, body.status]).toEqual([200, 'FAILED']);
      await house.seatIs(eventId, 1, 'AVAILABLE');
    });

    /** As in `money for an order that was taken for unpaid`: two payments, of which orders knows the one that was given up. */
    it('gives money back that comes after it was taken for failed', async () => {
      const eventId = await house.event();
      const buyer = house.someone();
      const late = house.trouble({ from: 'payments', to: 'orders', method: 'POST', path: /payments/ }, 'late');
      const { orderId } = (await book(buyer, eventId, 'tok_timeout_captured')).body;
      await late.met;
      const paymentId = await house.silentPaymentOf(orderId);
      await late.end();
      await house.pass(LONG_SILENCE_SECONDS);
      await house.becomes(buyer, orderId, { status: 'FAILED' });
      await house.speaks(paymentId);
      await house.becomes(buyer, orderId, { status: 'REFUNDED' });
      await house.seatIs(eventId, 1, 'AVAILABLE');
    });
  });
}
