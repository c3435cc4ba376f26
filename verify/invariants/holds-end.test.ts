import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { planted, type Planted } from '../test-verify.ts';

let house: Planted;

beforeAll(async () => {
  house = await planted();
});
afterAll(() => house.system.stop());

async function held(selection: object): Promise<string> {
  const { body } = await house.someone('customer').send('POST', '/v1/seats/reserve', { eventId: house.eventId, ...selection });
  return body.reservationId;
}

const seat = (seatId: number, status: string, reservationId: string | null) => ({
  in: 'seating',
  text: 'update seat_state set status = $3, reservation_id = $4 where event_id = $1 and seat_id = $2',
  values: [house.eventId, seatId, status, reservationId],
});

describe('verify names a planted', () => {
  it('seat of a refunded ticket that was never given back', async () => {
    const { paymentId, reservationId } = await house.sold({ seatIds: [35] });
    await house.someone('admin').send('POST', '/v1/refund', { paymentId, reason: 'All' }, { key: randomUUID() });
    const free = async () => (await house.someone('customer').get(`/v1/seats/${house.eventId}/35`)).body.status;
    await expect.poll(free, { timeout: 10_000 }).toBe('AVAILABLE');
    const reservation = (status: string, seatIds: number[]) => ({
      in: 'seating',
      text: 'update reservation set status = $2, seat_ids = $3, quantity = cardinality($3::integer[]) where reservation_id = $1',
      values: [reservationId, status, seatIds],
    });
    const what = await house.named(
      4,
      [reservation('ALLOCATED', [35]), seat(35, 'L', reservationId)],
      [reservation('RELEASED', []), seat(35, 'A', null)],
    );
    expect(what).toEqual(['seats and places taken for good without a ticket']);
  });

  it('seat RESERVED without a live reservation', async () => {
    const what = await house.named(4, [seat(20, 'R', 'res_gone')], [seat(20, 'A', null)]);
    expect(what).toEqual(['seats RESERVED without a live reservation']);
  });

  it('ended reservation that still holds seats, and places', async () => {
    const ids = [await held({ seatIds: [21, 22] }), await held({ places: [{ section: 'Floor', quantity: 2 }] })];
    const set = (status: string) => [
      { in: 'seating', text: 'update reservation set status = $2 where reservation_id = any($1)', values: [ids, status] },
    ];
    expect(await house.named(4, set('EXPIRED'), set('RESERVED'))).toEqual([
      'seats RESERVED without a live reservation',
      'ended reservations that still hold seats',
      'sections whose places are not those of their live reservations',
    ]);
  });

  it('hold that lost one of its seats', async () => {
    const reservationId = await held({ seatIds: [23, 24] });
    const what = await house.named(4, [seat(24, 'A', null)], [seat(24, 'R', reservationId)]);
    expect(what).toEqual(['live reservations that do not hold all their seats']);
  });

  it('seat taken for good without a ticket', async () => {
    const { orderId } = await house.sold({ seatIds: [16, 17] });
    const set = (status: string) => [
      { in: 'orders', text: 'update ticket set status = $2 where order_id = $1 and seat_id = 17', values: [orderId, status] },
    ];
    expect(await house.named(4, set('REVOKED'), set('VALID'))).toEqual(['seats and places taken for good without a ticket']);
  });
});
