import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeEvent, someone, type Client } from '../support/buyer.ts';
import { startSystem, type TestSystem } from '../support/system.ts';

let system: TestSystem;
let organizer: Client;
beforeAll(async () => {
  system = await startSystem();
  organizer = someone(system, 'organizer');
});
afterAll(() => system.stop());

const FLOOR = [{ section: 'Floor', kind: 'GENERAL_ADMISSION', priceCents: 4_000, capacity: 50 }];
const inHours = (hours: number) => new Date(Date.now() + hours * 3_600_000).toISOString();
const put = (eventId: string, changes: object) => organizer.send('PUT', `/v1/events/${eventId}`, changes);
const reserve = (eventId: string, quantity = 1, buyer = someone(system, 'customer')) =>
  buyer.send('POST', '/v1/seats/reserve', { eventId, places: [{ section: 'Floor', quantity }] });

describe('an edit that was answered', () => {
  it('holds for the very next reserve: limit, hold time, sale window, status', async () => {
    const eventId = await makeEvent(organizer, FLOOR);
    for (let round = 1; round <= 5; round++) {
      await put(eventId, { maxTicketsPerUser: round, holdTtlSeconds: 100 + round });
      expect((await reserve(eventId, round + 1)).body).toMatchObject({ code: 'TICKET_LIMIT_EXCEEDED', limit: round });
      expect((await reserve(eventId, round)).body).toMatchObject({ ttlSeconds: 100 + round });
    }
    await put(eventId, { onSaleAt: inHours(1) });
    expect((await reserve(eventId)).body).toMatchObject({ code: 'SALE_NOT_OPEN', reason: 'NOT_YET' });
    await put(eventId, { onSaleAt: inHours(-2), offSaleAt: inHours(-1) });
    expect((await reserve(eventId)).body).toMatchObject({ code: 'SALE_NOT_OPEN', reason: 'OVER' });
    await put(eventId, { offSaleAt: null });
    expect((await reserve(eventId)).status).toBe(201);
  });

  it('publishes a draft, whose seats can be reserved by code at once', async () => {
    const seats = [{ section: 'Stalls', kind: 'SEATED', priceCents: 100, rows: [{ row: 'A', seats: 2 }] }];
    const eventId = await makeEvent(organizer, seats, { status: 'DRAFT' });
    const byCode = () => someone(system, 'customer').send('POST', '/v1/seats/reserve', { eventId, seatCodes: ['Stalls-A-1'] });
    expect((await byCode()).body.code).toBe('EVENT_NOT_FOUND');
    await put(eventId, { status: 'UPCOMING' });
    expect((await byCode()).status).toBe(201);
  });
});

describe('a cancelled event', () => {
  it('sells nothing from that moment, and gives every hold back', async () => {
    const eventId = await makeEvent(organizer, FLOOR);
    const buyer = someone(system, 'customer');
    const held = await reserve(eventId, 2, buyer);
    const order = await buyer.send('POST', '/v1/orders', { reservationId: held.body.reservationId }, { key: randomUUID() });
    for (let i = 0; i < 8; i++) await reserve(eventId, 1);
    expect((await put(eventId, { status: 'CANCELLED' })).body.status).toBe('CANCELLED');
    expect((await reserve(eventId)).body).toMatchObject({ code: 'SALE_NOT_OPEN', reason: 'CLOSED' });
    const reservation = () => buyer.get(`/v1/seats/reservation/${held.body.reservationId}`);
    await expect.poll(async () => (await reservation()).body.status, { timeout: 10_000 }).toBe('RELEASED');
    const availability = () => buyer.get(`/v1/seats/availability?eventId=${eventId}`);
    await expect.poll(async () => (await availability()).body.availableSeats, { timeout: 10_000 }).toBe(50);
    const { orderId } = order.body;
    await expect
      .poll(async () => (await buyer.get(`/v1/orders/${orderId}`)).body.status, { timeout: 10_000 })
      .not.toBe('PENDING');
  });
});

describe('deleting an event', () => {
  it('is refused while buyers hold seats or once there is an order, whatever became of it', async () => {
    const eventId = await makeEvent(organizer, FLOOR);
    const buyer = someone(system, 'customer');
    const held = await reserve(eventId, 1, buyer);
    const remove = () => organizer.send('DELETE', `/v1/events/${eventId}`);
    expect((await remove()).body).toMatchObject({ status: 409, code: 'EVENT_HAS_ORDERS', orders: 0 });
    const order = await buyer.send('POST', '/v1/orders', { reservationId: held.body.reservationId }, { key: randomUUID() });
    await buyer.send('POST', `/v1/orders/${order.body.orderId}/cancel`);
    expect((await remove()).body).toMatchObject({ status: 409, code: 'EVENT_HAS_ORDERS', orders: 1 });
    expect((await reserve(eventId)).status).toBe(201);
  });

  it('takes event and sale away', async () => {
    const eventId = await makeEvent(organizer, FLOOR);
    expect((await organizer.send('DELETE', `/v1/events/${eventId}`)).status).toBe(204);
    expect((await organizer.get(`/v1/events/${eventId}`)).status).toBe(404);
    expect((await reserve(eventId)).body.code).toBe('EVENT_NOT_FOUND');
  });
});
