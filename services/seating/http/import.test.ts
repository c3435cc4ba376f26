import { afterAll, describe, expect, it } from 'vitest';
import { newId } from '../../../contracts/ids.ts';
import { asCustomer, asOrganizer, SECTIONS, startSeating } from './test-seating.ts';

const seating = await startSeating();
afterAll(() => seating.stop());
const { eventOnSale, newEvent, send } = seating;

describe('importing seats', () => {
  it('answers what the event has and can be reserved at once', async () => {
    const eventId = newEvent();
    const imported = await send('POST', '/v1/seats/bulk', { eventId, sections: SECTIONS }, asOrganizer);
    expect(imported.body).toEqual({
      eventId,
      totalSeats: 50,
      sections: [
        { section: 'VIP', kind: 'SEATED', priceCents: 15_000, totalSeats: 20 },
        { section: 'Floor', kind: 'GENERAL_ADMISSION', priceCents: 5_000, totalSeats: 30 },
      ],
    });
    expect(await send('POST', '/v1/seats/reserve', { eventId, seatIds: [1] }, newId('user'))).toMatchObject({ status: 201 });
  });

  it('can be reserved by code at once also where sections are added to those that buyers see', async () => {
    const eventId = await eventOnSale();
    await send('GET', `/v1/seats/status?eventId=${eventId}`);
    const added = [{ section: 'Box', kind: 'SEATED', priceCents: 9_000, rows: [{ row: 'A', seats: 2 }] }];
    await send('POST', '/v1/seats/bulk', { eventId, sections: added }, asOrganizer);
    const reserved = await send('POST', '/v1/seats/reserve', { eventId, seatCodes: ['Box-A-2'] }, newId('user'));
    expect(reserved).toMatchObject({ status: 201, body: { seats: [{ seatId: 22 }] } });
  });

  it('takes a CSV file whole, or names the bad line and takes nothing', async () => {
    const eventId = newEvent();
    const post = (csv: string) =>
      send('POST', `/v1/seats/bulk?eventId=${eventId}`, csv, asOrganizer, { 'content-type': 'text/csv' });
    const bad = await post('section,row,number,priceCents\nVIP,A,1,100\nVIP,A,one,100\n');
    expect(bad).toMatchObject({ status: 422, body: { code: 'CSV_INVALID' } });
    expect(JSON.stringify(bad.body)).toContain('Line 3');
    expect(await send('GET', `/v1/seats/availability?eventId=${eventId}`)).toMatchObject({ status: 404 });
    expect(await post('section,row,number,priceCents\nVIP,A,1,100\nVIP,A,2,200\n')).toMatchObject({
      status: 201,
      body: { totalSeats: 2 },
    });
  });

  it('refuses the same section twice, strangers, customers and unknown events', async () => {
    const eventId = await eventOnSale();
    const body = { eventId, sections: SECTIONS };
    expect(await send('POST', '/v1/seats/bulk', body, asOrganizer)).toMatchObject({
      status: 409,
      body: { code: 'SECTION_EXISTS' },
    });
    expect(await send('POST', '/v1/seats/bulk', body, `${newId('user')} organizer`)).toMatchObject({ status: 403 });
    expect(await send('POST', '/v1/seats/bulk', body, asCustomer)).toMatchObject({ status: 403 });
    expect(await send('POST', '/v1/seats/bulk', body)).toMatchObject({ status: 401 });
    const unknown = { ...body, eventId: newId('event') };
    expect(await send('POST', '/v1/seats/bulk', unknown, asOrganizer)).toMatchObject({
      status: 404,
      body: { code: 'EVENT_NOT_FOUND' },
    });
  });
});
