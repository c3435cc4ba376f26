import { describe, expect, it } from 'vitest';
import type { House } from './house.ts';

const ONE_FREE_PLACE = [{ section: 'Free', kind: 'GENERAL_ADMISSION', priceCents: 0, capacity: 1 }];
const PLACE = { places: [{ section: 'Free', quantity: 1 }] };

/** Orders that cost nothing wait for nobody but seating. */
export function freeOrders(house: House): void {
  const toAllocate = { from: 'orders', to: 'seating', method: 'POST', path: /allocations/ } as const;

  /** Somebody ordered the only place, and the call by which seating gives it for good is under way. */
  async function almostConfirmed() {
    const eventId = await house.event(ONE_FREE_PLACE);
    const buyer = house.someone();
    const allocation = house.trouble(toAllocate, 'slow');
    const { orderId } = await house.order(buyer, eventId, PLACE);
    await allocation.met;
    return { eventId, buyer, orderId, allocation };
  }

  async function takenByAnother(eventId: string): Promise<void> {
    const another = house.someone();
    const { orderId } = await house.order(another, eventId, PLACE);
    await house.becomes(another, orderId, { status: 'CONFIRMED' });
  }

  async function isOffTheSale(eventId: string): Promise<void> {
    const text = `select status from event_sale where event_id = $1`;
    const sale = () => house.databaseOf('seating').rows({ name: 'test.sale_status', text }, [eventId]);
    await expect.poll(sale, { timeout: 10_000 }).toEqual([{ status: 'CANCELLED' }]);
  }

  describe('an order that costs nothing', () => {
    it('is confirmed without a payment, and ends at once when it is given up', async () => {
      const eventId = await house.event(ONE_FREE_PLACE);
      const buyer = house.someone();
      const { orderId } = await house.order(buyer, eventId, PLACE);
      await house.becomes(buyer, orderId, { status: 'CONFIRMED' });
      expect((await house.cancel(buyer, orderId)).body).toMatchObject({ status: 'CANCELLED', cancelReason: 'BUYER' });
      const free = async () => (await buyer.get(`/v1/seats/availability?eventId=${eventId}`)).body.availableSeats;
      await expect.poll(free, { timeout: 10_000 }).toBe(1);
    });

    it('expires when seating is so slow that another has its place', async () => {
      const { eventId, buyer, orderId, allocation } = await almostConfirmed();
      const letGo = house.hold('orders.hold-ended');
      await house.letHoldsEnd();
      await takenByAnother(eventId);
      await allocation.end();
      await house.becomes(buyer, orderId, { status: 'EXPIRED' });
      await house.meets(buyer, orderId, 'SEATS_GONE');
      letGo();
    });

    it('ends when seating hears of the end of the event before it gives the place', async () => {
      const { eventId, buyer, orderId, allocation } = await almostConfirmed();
      const letGo = [house.hold('orders.hold-ended'), house.hold('orders.event-cancelled')];
      await house.callOff(eventId);
      await isOffTheSale(eventId);
      await allocation.end();
      await house.becomes(buyer, orderId, { status: 'CANCELLED', cancelReason: 'EVENT_CANCELLED' });
      for (const go of letGo) go();
    });
  });

  describe('an order that costs nothing and expired while seating was slow', () => {
    async function expired() {
      const slow = await almostConfirmed();
      await house.letHoldsEnd();
      await house.becomes(slow.buyer, slow.orderId, { status: 'EXPIRED' });
      return slow;
    }

    it('is confirmed all the same if its place is still free', async () => {
      const { buyer, orderId, allocation } = await expired();
      await allocation.end();
      await house.becomes(buyer, orderId, { status: 'CONFIRMED' });
    });

    it('stays so if another has its place', async () => {
      const { eventId, buyer, orderId, allocation } = await expired();
      await takenByAnother(eventId);
      await allocation.end();
      await house.meets(buyer, orderId, 'SEATS_GONE');
      await house.becomes(buyer, orderId, { status: 'EXPIRED' });
    });

    it('stays so if the event was cancelled', async () => {
      const { eventId, buyer, orderId, allocation } = await expired();
      await house.callOff(eventId);
      await isOffTheSale(eventId);
      await allocation.end();
      await house.meets(buyer, orderId, 'PAID_BUT_EVENT_CANCELLED');
      await house.becomes(buyer, orderId, { status: 'EXPIRED' });
    });
  });
}
