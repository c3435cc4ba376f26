import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buy, clientWith, makeEvent, someone, type Client } from '../support/buyer.ts';
import { startSystem, type TestSystem } from '../support/system.ts';

let system: TestSystem;
let organizer: Client;
beforeAll(async () => {
  system = await startSystem();
  organizer = someone(system, 'organizer');
});
afterAll(() => system.stop());

const HALL = [
  { section: 'VIP', kind: 'SEATED', priceCents: 15_000, rows: [{ row: 'A', seats: 12 }] },
  { section: 'Floor', kind: 'GENERAL_ADMISSION', priceCents: 4_000, capacity: 20 },
];

describe('buying tickets through the gateway', () => {
  it('goes from registering to signed tickets', async () => {
    const anybody = clientWith(system.url, '', '');
    const name = `ada${randomUUID().slice(0, 8)}`;
    const account = {
      username: name,
      email: `${name}@example.org`,
      password: 'a long password',
      firstName: 'Ada',
      lastName: 'L',
    };
    const registered = await anybody.send('POST', '/v1/users/register', account);
    expect(registered.status).toBe(201);
    const login = await anybody.send('POST', '/v1/users/login', { username: name, password: account.password });
    const ada = clientWith(system.url, registered.body.userId, login.body.accessToken);
    const eventId = await makeEvent(organizer, HALL);

    const { reservation, order, charge } = await buy(ada, eventId, { seatCodes: ['VIP-A-5', 'VIP-A-6'] });
    expect(charge).toMatchObject({ status: 201, body: { status: 'SUCCESS', amountCents: order.totalCents } });
    const confirmed = await ada.get(`/v1/orders/${order.orderId}?waitFor=CONFIRMED&timeoutMs=10000`);
    expect(confirmed.body).toMatchObject({
      status: 'CONFIRMED',
      reservationId: reservation.reservationId,
      confirmationNumber: expect.any(String),
    });
    const { body } = await ada.get(`/v1/orders/${order.orderId}/tickets`);
    expect(body.tickets.map((ticket: { seatCode: string }) => ticket.seatCode).toSorted()).toEqual(['VIP-A-5', 'VIP-A-6']);
    for (const ticket of body.tickets) {
      expect(ticket).toMatchObject({ ticketId: expect.stringMatching(/^tkt_/), ticketCode: expect.any(String), status: 'VALID' });
      const qr = await ada.get(`/v1/tickets/${ticket.ticketId}/qr.svg`);
      expect(qr.headers.get('content-type')).toContain('image/svg+xml');
    }
    const status = await anybody.get(`/v1/seats/status?eventId=${eventId}`);
    expect(status.body.statuses).toBe('AAAALLAAAAAA');
  });

  it('keeps the seats after a decline, for a second card', async () => {
    const eventId = await makeEvent(organizer, HALL);
    const buyer = someone(system, 'customer');
    const { order, charge } = await buy(buyer, eventId, { seatIds: [1] }, 'tok_insufficient_funds');
    expect(charge).toMatchObject({ status: 402, body: { code: 'PAYMENT_DECLINED', failureReason: 'INSUFFICIENT_FUNDS' } });
    const { orderId, totalCents: amountCents, currency } = order;
    expect((await buyer.get(`/v1/orders/${orderId}`)).body.status).toBe('PENDING');
    const body = { orderId, amountCents, currency, paymentMethod: 'DEBIT_CARD', paymentToken: 'tok_success' };
    expect(await buyer.send('POST', '/v1/charge', body, { key: randomUUID() })).toMatchObject({ status: 201 });
    const confirmed = await buyer.get(`/v1/orders/${orderId}?waitFor=CONFIRMED&timeoutMs=10000`);
    expect(confirmed.body.status).toBe('CONFIRMED');
  });

  it('ends two people at the last seat with one winner and one clear refusal', async () => {
    const eventId = await makeEvent(organizer, [
      { section: 'One', kind: 'SEATED', priceCents: 100, rows: [{ row: 'A', seats: 1 }] },
    ]);
    const answers = await Promise.all(
      [someone(system, 'customer'), someone(system, 'customer')].map((buyer) =>
        buyer.send('POST', '/v1/seats/reserve', { eventId, seatIds: [1] }),
      ),
    );
    expect(answers.map((answer) => answer.status).toSorted()).toEqual([201, 409]);
    const loser = answers.find((answer) => answer.status === 409);
    expect(loser?.body).toMatchObject({ code: 'SEAT_UNAVAILABLE', unavailableSeatIds: [1], title: expect.any(String) });
  });

  it('expires an order with its hold and gives the seats back', async () => {
    const eventId = await makeEvent(organizer, HALL, { holdTtlSeconds: 10 });
    const buyer = someone(system, 'customer');
    const reserved = await buyer.send('POST', '/v1/seats/reserve', { eventId, places: [{ section: 'Floor', quantity: 2 }] });
    const ordered = await buyer.send('POST', '/v1/orders', { reservationId: reserved.body.reservationId }, { key: randomUUID() });
    await expect
      .poll(async () => (await buyer.get(`/v1/orders/${ordered.body.orderId}`)).body.status, { timeout: 18_000 })
      .toBe('EXPIRED');
    const availability = await buyer.get(`/v1/seats/availability?eventId=${eventId}`);
    expect(availability.body).toMatchObject({ availableSeats: 32, reservedSeats: 0 });
  }, 30_000);

  it('shows on the event how many are left', async () => {
    const eventId = await makeEvent(organizer, HALL);
    await someone(system, 'customer').send('POST', '/v1/seats/reserve', { eventId, places: [{ section: 'Floor', quantity: 5 }] });
    const event = () => organizer.get(`/v1/events/${eventId}`);
    await expect.poll(async () => (await event()).body, { timeout: 5_000 }).toMatchObject({ totalSeats: 32, availableSeats: 27 });
  });

  it('shows nobody what is another’s', async () => {
    const eventId = await makeEvent(organizer, HALL);
    const { reservation, order } = await buy(someone(system, 'customer'), eventId, { seatIds: [3] });
    const stranger = someone(system, 'customer');
    for (const path of [
      `/v1/seats/reservation/${reservation.reservationId}`,
      `/v1/orders/${order.orderId}`,
      `/v1/orders/${order.orderId}/tickets`,
    ])
      expect((await stranger.get(path)).status, path).toBe(404);
    expect((await stranger.send('DELETE', `/v1/seats/reservation/${reservation.reservationId}`)).status).toBe(404);
  });
});
