import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { Answer, Client } from '../support/buyer.ts';
import type { House } from './house.ts';

/** Orders that are made with their hold and their payment in one call. */
export function oneCallBookings(house: House): void {
  function book(buyer: Client, eventId: string, paymentToken: string, wait = ''): Promise<Answer> {
    const body = { eventId, seatIds: [1], paymentMethod: 'CREDIT_CARD', paymentToken };
    return buyer.send('POST', `/v1/bookings${wait}`, body, { key: randomUUID() });
  }

  async function hasFailed(buyer: Client, orderId: string): Promise<void> {
    const told = async (): Promise<unknown[]> =>
      (await buyer.get(`/v1/orders/${orderId}/history`)).body.items.map((entry: { type?: string }) => entry.type);
    await expect.poll(told, { timeout: 10_000 }).toContain('payment.failed');
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

    /**
     * The booking's payment is declined, and before orders hears of it the buyer tries a card by hand. A second copy of the first
     * payment's request to begin then makes orders take that one for the payment under way, and its failure for the end.
     */
    it('gives money back that comes after it was taken for failed', async () => {
      const eventId = await house.event();
      const buyer = house.someone();
      const copied = house.trouble({ from: 'payments', to: 'orders', method: 'POST', path: /payments$/ }, 'twice');
      const untold = [
        house.trouble({ from: 'payments', to: 'orders', method: 'POST', path: /failure$/ }, 'unsent'),
        house.trouble({ from: 'orders', to: 'payments', method: 'POST', path: /charges$/ }, 'unanswered'),
      ];
      const letGo = house.hold('orders.payment-failed');
      const { orderId } = (await book(buyer, eventId, 'tok_card_declined')).body;
      await hasFailed(buyer, orderId);
      const order = (await buyer.get(`/v1/orders/${orderId}`)).body;
      const byHand = await house.pay(buyer, order, 'tok_timeout_captured');
      expect(byHand).toMatchObject({ status: 202, body: { status: 'PENDING' } });
      const { paymentId } = byHand.body;
      await house.staysSilent(paymentId);
      await copied.end();
      for (const trouble of untold) await trouble.end();
      letGo();
      await house.becomes(buyer, orderId, { status: 'FAILED' });
      await house.speaks(paymentId);
      await house.becomes(buyer, orderId, { status: 'REFUNDED' });
      await house.seatIs(eventId, 1, 'AVAILABLE');
    });
  });
}
