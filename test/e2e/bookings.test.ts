import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeEvent, someone, type Answer, type Client } from '../support/buyer.ts';
import { startSystem, type TestSystem } from '../support/system.ts';

let system: TestSystem;
let eventId: string;
beforeAll(async () => {
  system = await startSystem();
  eventId = await makeEvent(someone(system, 'organizer'), [
    { section: 'VIP', kind: 'SEATED', priceCents: 15_000, rows: [{ row: 'A', seats: 12 }] },
    { section: 'Floor', kind: 'GENERAL_ADMISSION', priceCents: 4_000, capacity: 20 },
    { section: 'Gallery', kind: 'GENERAL_ADMISSION', priceCents: 0, capacity: 20 },
  ]);
});
afterAll(() => system.stop());

const WAIT = '?waitFor=CONFIRMED&timeoutMs=20000';

function book(buyer: Client, what: object, paymentToken = 'tok_success', key: string = randomUUID()): Promise<Answer> {
  const body = { eventId, paymentMethod: 'CREDIT_CARD', paymentToken, ...what };
  return buyer.send('POST', `/v1/bookings${WAIT}`, body, { key });
}

async function ticketsOf(buyer: Client, { body }: Answer): Promise<string[]> {
  const answer = await buyer.get(`/v1/orders/${body.orderId}/tickets`);
  return answer.body.tickets.map(({ seatCode }: { seatCode: string }) => seatCode).toSorted();
}

describe('booking in one call through the gateway', () => {
  it('buys seats, by number or by code, places, and the best there are', async () => {
    const buyer = someone(system, 'customer');
    const bought = [
      await book(buyer, { seatIds: [1, 2], expectedTotalCents: 30_000 }),
      await book(buyer, { seatCodes: ['VIP-A-12'] }),
      await book(buyer, { places: [{ section: 'Floor', quantity: 2 }] }),
      await book(buyer, { bestAvailable: { quantity: 1, section: 'VIP' } }),
      await book(buyer, { places: [{ section: 'Gallery', quantity: 1 }] }),
    ];
    for (const { status, body } of bought)
      expect([status, body.status, body.statusUrl]).toEqual([200, 'CONFIRMED', `/v1/orders/${body.orderId}`]);
    const tickets = await Promise.all(bought.map((answer) => ticketsOf(buyer, answer)));
    expect(tickets).toMatchObject([
      ['VIP-A-1', 'VIP-A-2'],
      ['VIP-A-12'],
      ['Floor', 'Floor'],
      [expect.stringMatching(/^VIP/)],
      ['Gallery'],
    ]);
    const { body } = await buyer.get(`/v1/orders/${bought[0]?.body.orderId}/history`);
    expect(body.items.flatMap(({ cause = [] }) => cause)).toEqual(['CREATED', 'PAYMENT_STARTED', 'SEATS_ALLOCATED']);
  });

  it('answers before it is settled when nobody waits', async () => {
    const buyer = someone(system, 'customer');
    const body = { eventId, seatIds: [3], paymentMethod: 'CREDIT_CARD', paymentToken: 'tok_success' };
    const { status, body: booked } = await buyer.send('POST', '/v1/bookings', body, { key: randomUUID() });
    expect(status).toBe(202);
    const settled = await buyer.get(`${booked.statusUrl}${WAIT}`);
    expect(settled.body).toMatchObject({ orderId: booked.orderId, status: 'CONFIRMED' });
  });

  it('leaves the seats to the next buyer at once when it is declined, or costs something else', async () => {
    const [ada, bob, eve] = [someone(system, 'customer'), someone(system, 'customer'), someone(system, 'customer')];
    expect(await book(ada, { seatIds: [4] }, 'tok_card_declined')).toMatchObject({ status: 200, body: { status: 'FAILED' } });
    expect(await book(bob, { seatIds: [4], expectedTotalCents: 1 })).toMatchObject({
      status: 422,
      body: { code: 'AMOUNT_MISMATCH', totalCents: 15_000 },
    });
    expect((await book(eve, { seatIds: [4] })).body.status).toBe('CONFIRMED');
    expect(await book(ada, { seatIds: [4] })).toMatchObject({ status: 409, body: { code: 'SEAT_UNAVAILABLE' } });
  });

  it('sells one seat to one of many who want it at once', async () => {
    const answers = await Promise.all(Array.from({ length: 10 }, () => book(someone(system, 'customer'), { seatIds: [5] })));
    const outcomes = answers.map(({ body }) => body.code ?? body.status).toSorted();
    expect(outcomes).toEqual(['CONFIRMED', ...Array.from({ length: 9 }, () => 'SEAT_UNAVAILABLE')]);
  });

  it('sells no more than there is to a crowd, and charges each what it booked', async () => {
    const before = await someone(system, 'customer').get(`/v1/seats/availability?eventId=${eventId}`);
    const free = (section: string) =>
      before.body.seatsBySection.find((one: { section: string }) => one.section === section).availableSeats;
    const crowd = Array.from({ length: 60 }, (_, index) => ({
      buyer: someone(system, 'customer'),
      section: index % 2 ? 'Floor' : 'Gallery',
    }));
    const booked = await Promise.all(
      crowd.map(async ({ buyer, section }) => ({
        ...(await book(buyer, { places: [{ section, quantity: 1 }] }, 'tok_success')),
        buyer,
        section,
      })),
    );
    for (const section of ['Floor', 'Gallery']) {
      const outcomes = booked.filter((one) => one.section === section).map(({ body }) => body.code ?? body.status);
      expect(outcomes.filter((outcome) => outcome === 'CONFIRMED')).toHaveLength(free(section));
      expect(new Set(outcomes)).toEqual(new Set(['CONFIRMED', 'SOLD_OUT']));
    }
    for (const { buyer, body, section } of booked.filter((one) => one.status === 200)) {
      const { body: order } = await buyer.get(body.statusUrl);
      expect([order.totalCents, order.paymentId !== undefined]).toEqual(section === 'Floor' ? [4_000, true] : [0, false]);
    }
  });

  it('is done once for one key, also when it comes many times at the same time', async () => {
    const buyer = someone(system, 'customer');
    const key = randomUUID();
    const same = () => book(buyer, { seatIds: [7] }, 'tok_success', key);
    const answers = await Promise.all(Array.from({ length: 5 }, same));
    const told = answers.filter(({ body }) => body.code !== 'IDEMPOTENCY_IN_FLIGHT');
    const again = await same();
    expect(again).toMatchObject({ status: 200, body: { status: 'CONFIRMED' } });
    for (const { body } of told) expect(body).toEqual(again.body);
    const { body: list } = await buyer.get('/v1/orders');
    expect(list.items).toHaveLength(1);
  });

  it('waits for a provider that is silent: captured, it is confirmed; else it has failed', async () => {
    const [ada, bob] = [someone(system, 'customer'), someone(system, 'customer')];
    const [captured, lost] = await Promise.all([
      book(ada, { seatIds: [8] }, 'tok_timeout_captured'),
      book(bob, { seatIds: [9] }, 'tok_gateway_timeout'),
    ]);
    expect([captured.body.status, lost.body.status]).toEqual(['CONFIRMED', 'FAILED']);
    expect((await book(ada, { seatIds: [9] })).body.status).toBe('CONFIRMED');
  }, 30_000);
});
