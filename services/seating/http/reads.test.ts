import { afterAll, describe, expect, it } from 'vitest';
import { newId } from '../../../contracts/ids.ts';
import { asOrganizer, startSeating } from './test-seating.ts';

const seating = await startSeating();
afterAll(() => seating.stop());
const { eventOnSale, origin, send } = seating;

describe('reading seats', () => {
  it('shows what changed at once to whoever reserved', async () => {
    const eventId = await eventOnSale();
    await send('POST', '/v1/seats/reserve', { eventId, seatIds: [2] }, newId('user'));
    await send('POST', '/v1/seats/reserve', { eventId, places: [{ section: 'Floor', quantity: 3 }] }, newId('user'));
    const status = await send('GET', `/v1/seats/status?eventId=${eventId}`);
    expect(status.body.statuses).toBe(`AR${'A'.repeat(18)}`);
    const availability = await send('GET', `/v1/seats/availability?eventId=${eventId}`);
    expect(availability.body).toMatchObject({
      version: status.body.version,
      totalSeats: 50,
      availableSeats: 46,
      reservedSeats: 4,
    });
    expect(availability.body.seatsBySection.map((section: { availableSeats: number }) => section.availableSeats)).toEqual([
      19, 27,
    ]);
    expect(await send('GET', `/v1/seats/${eventId}/2`)).toMatchObject({ body: { seatCode: 'VIP-A-2', status: 'RESERVED' } });
  });

  it('answers 304 until something changes', async () => {
    const eventId = await eventOnSale();
    for (const url of [`/v1/seats/status?eventId=${eventId}`, `/v1/seats/availability?eventId=${eventId}`]) {
      const etag = String((await send('GET', url)).headers['etag']);
      expect(await send('GET', url, undefined, '', { 'if-none-match': etag })).toMatchObject({ status: 304 });
      await send('POST', '/v1/seats/reserve', { eventId, bestAvailable: { quantity: 1 } }, newId('user'));
      expect(await send('GET', url, undefined, '', { 'if-none-match': etag })).toMatchObject({ status: 200 });
    }
  });

  it('has the map as columns, cacheable for good under its version', async () => {
    const eventId = await eventOnSale();
    const { body, headers } = await send('GET', `/v1/seats/map?eventId=${eventId}`);
    expect(body.seats.number).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    expect(body.seats.row.slice(8, 12)).toEqual(['A', 'A', 'B', 'B']);
    expect(body.seats.x).toHaveLength(20);
    expect(headers['cache-control']).toBe('no-cache');
    const pinned = await send('GET', `/v1/seats/map?eventId=${eventId}&layoutVersion=${body.layoutVersion}`);
    expect(pinned.headers['cache-control']).toBe('public, max-age=31536000, immutable');
  });

  it('lets no shared cache keep the map of a draft', async () => {
    const eventId = await eventOnSale({ status: 'DRAFT' });
    const url = `/v1/seats/map?eventId=${eventId}&layoutVersion=1`;
    const { status, headers } = await send('GET', url, undefined, asOrganizer);
    expect([status, headers['cache-control']]).toEqual([200, 'private, max-age=31536000, immutable']);
  });

  it('says the same in every coding, and a reservation is in the next answer', async () => {
    const rows = Array.from({ length: 20 }, (_, index) => ({ row: `R${index}`, seats: 1_000 }));
    const eventId = await eventOnSale({}, [{ section: 'Stands', kind: 'SEATED', priceCents: 5_000, rows }]);
    for (const seatId of [1, 20_000]) {
      await send('POST', '/v1/seats/reserve', { eventId, seatIds: [seatId] }, newId('user'));
      for (const what of ['status', 'availability', 'map']) {
        const url = `/v1/seats/${what}?eventId=${eventId}`;
        const plain = await (await fetch(origin + url, { headers: { 'accept-encoding': 'identity' } })).text();
        if (what === 'status') expect(JSON.parse(plain).statuses[seatId - 1]).toBe('R');
        for (const encoding of what === 'availability' ? [] : ['br', 'gzip']) {
          // `fetch` decodes what it is sent.
          const answer = await fetch(origin + url, { headers: { 'accept-encoding': encoding } });
          expect([answer.headers.get('content-encoding'), await answer.text()]).toEqual([encoding, plain]);
        }
      }
    }
  });

  it('shows a draft to its organizer only', async () => {
    const eventId = await eventOnSale({ status: 'DRAFT' });
    const url = `/v1/seats/availability?eventId=${eventId}`;
    expect(await send('GET', url)).toMatchObject({ status: 404 });
    expect(await send('GET', url, undefined, `${newId('user')} organizer`)).toMatchObject({ status: 404 });
    expect(await send('GET', url, undefined, asOrganizer)).toMatchObject({ status: 200 });
    for (const choice of [{ seatIds: [1] }, { seatCodes: ['VIP-A-1'] }, { seatCodes: ['no such seat'] }])
      expect(await send('POST', '/v1/seats/reserve', { eventId, ...choice }, newId('user'))).toMatchObject({
        status: 404,
        body: { code: 'EVENT_NOT_FOUND' },
      });
    const own = await send('POST', '/v1/seats/reserve', { eventId, seatIds: [1] }, asOrganizer);
    expect(own).toMatchObject({ status: 409, body: { code: 'SALE_NOT_OPEN' } });
  });
});
