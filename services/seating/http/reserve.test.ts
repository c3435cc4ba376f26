import { afterAll, describe, expect, it } from 'vitest';
import { newId } from '../../../contracts/ids.ts';
import { sql } from '../../../platform/postgres/database.ts';
import { startSeating } from './test-seating.ts';

const seating = await startSeating();
afterAll(() => seating.stop());
const { database, eventOnSale, send } = seating;

describe('POST /v1/seats/reserve', () => {
  it('answers the hold with its seats, prices and end', async () => {
    const eventId = await eventOnSale();
    const userId = newId('user');
    const { status, body } = await send('POST', '/v1/seats/reserve', { eventId, seatCodes: ['VIP-A-3', 'VIP-B-1'] }, userId);
    expect(status).toBe(201);
    expect(body).toEqual({
      reservationId: expect.stringMatching(/^res_/),
      eventId,
      userId,
      seats: [
        { seatId: 3, section: 'VIP', row: 'A', number: 3, seatCode: 'VIP-A-3', priceCents: 15_000 },
        { seatId: 11, section: 'VIP', row: 'B', number: 1, seatCode: 'VIP-B-1', priceCents: 15_000 },
      ],
      places: [],
      totalCents: 30_000,
      currency: 'USD',
      status: 'RESERVED',
      expiresAt: expect.stringMatching(/^\d{4}-.*Z$/),
      ttlSeconds: 60,
    });
    expect(await send('GET', `/v1/seats/reservation/${body.reservationId}`, undefined, userId)).toMatchObject({
      status: 200,
      body,
    });
  });

  it('refuses with a code and what is wrong', async () => {
    const eventId = await eventOnSale({ maxTicketsPerUser: 2 });
    const user = newId('user');
    await send('POST', '/v1/seats/reserve', { eventId, seatIds: [5] }, newId('user'));
    const ask = (body: object) => send('POST', '/v1/seats/reserve', { eventId, ...body }, user);
    expect(await ask({ seatIds: [4, 5] })).toMatchObject({
      status: 409,
      body: { code: 'SEAT_UNAVAILABLE', unavailableSeatIds: [5] },
    });
    expect(await ask({ seatIds: [1, 2, 3] })).toMatchObject({ status: 409, body: { code: 'TICKET_LIMIT_EXCEEDED' } });
    expect(await ask({ seatIds: [21] })).toMatchObject({ status: 404, body: { code: 'SEAT_NOT_FOUND' } });
    expect(await ask({ seatCodes: ['VIP-A-99'] })).toMatchObject({ status: 404, body: { code: 'SEAT_NOT_FOUND' } });
    expect(await ask({ seatIds: [1, 1] })).toMatchObject({ status: 422, body: { code: 'SELECTION_INVALID' } });
    expect(await ask({})).toMatchObject({ status: 400, body: { code: 'VALIDATION_FAILED' } });
    expect(await ask({ seatIds: [1], places: [{ section: 'Floor', quantity: 1 }] })).toMatchObject({ status: 400 });
    expect(await ask({ seat_ids: [1] })).toMatchObject({
      status: 400,
      body: { errors: [{ hint: expect.stringContaining('seatIds') }] },
    });
    expect(await ask({ seatIds: [1], userId: newId('user') })).toMatchObject({ status: 403 });
    expect(await send('POST', '/v1/seats/reserve', { eventId, seatIds: [1] })).toMatchObject({ status: 401 });
    const unknown = { eventId: newId('event'), seatIds: [1] };
    expect(await send('POST', '/v1/seats/reserve', unknown, user)).toMatchObject({
      status: 404,
      body: { code: 'EVENT_NOT_FOUND' },
    });
  });

  it('repeats the first answer to the same Idempotency-Key', async () => {
    const eventId = await eventOnSale();
    const user = newId('user');
    const ask = () => send('POST', '/v1/seats/reserve', { eventId, seatIds: [1] }, user, { 'idempotency-key': 'once' });
    const first = await ask();
    const second = await ask();
    expect(second.body).toEqual(first.body);
    expect(second.headers['idempotent-replayed']).toBe('true');
    expect(first.headers['idempotent-replayed']).toBeUndefined();
  });
});

describe('what seating publishes', () => {
  it('goes through the outbox, in the order of its versions', async () => {
    const eventId = await eventOnSale();
    await send('POST', '/v1/seats/reserve', { eventId, seatIds: [1] }, newId('user'));
    const rows = await database.rows<{ events: string }>(
      sql('test.outbox', 'select events from outbox where key = $1 order by sequence'),
      [eventId],
    );
    const published = rows.flatMap((row) => JSON.parse(row.events));
    expect(published.map((event) => [event.type, event.data.version])).toEqual([
      ['seats.opened', 1],
      ['seat.reserved', 2],
    ]);
    expect(published[1]).toMatchObject({
      subject: eventId,
      traceparent: expect.stringMatching(/^00-/),
      source: '/onsale/seating',
    });
  });
});
