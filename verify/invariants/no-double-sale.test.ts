import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { planted, type Planted } from '../test-verify.ts';

let house: Planted;

beforeAll(async () => {
  house = await planted();
});
afterAll(() => house.system.stop());

describe('verify names a planted', () => {
  it('second live ticket on a seat', async () => {
    await house.sold({ seatIds: [10] });
    const index = `ticket_live_seat on ticket (event_id, seat_id) where seat_id is not null and status <> 'REVOKED'`;
    const copy = `insert into ticket select 'tkt_planted', order_id, event_id, user_id, section, seat_id, seat_code, value_cents, status,
       'PLANTED', serial, qr_payload, issued_at from ticket where event_id = $1 and seat_id = 10`;
    const what = await house.named(
      1,
      [
        { in: 'orders', text: 'drop index ticket_live_seat' },
        { in: 'orders', text: copy, values: [house.eventId] },
      ],
      [
        { in: 'orders', text: `delete from ticket where ticket_id = 'tkt_planted'` },
        { in: 'orders', text: `create unique index ${index}` },
      ],
    );
    expect(what).toEqual(['seats with more than one live ticket']);
  });

  it('ticket for a seat that could be sold again', async () => {
    const { reservationId } = await house.sold({ seatIds: [11] });
    const set = (status: string, reservation: string | null) => [
      {
        in: 'seating',
        text: 'update seat_state set status = $2, reservation_id = $3 where event_id = $1 and seat_id = 11',
        values: [house.eventId, status, reservation],
      },
    ];
    const what = await house.named(1, set('A', null), set('L', reservationId));
    expect(what).toEqual(['live tickets for seats that seating has not allocated to their order']);
  });

  it('seat that two reservations claim', async () => {
    const { reservationId } = await house.sold({ seatIds: [12] });
    const copy = `insert into reservation select (jsonb_populate_record(reservation, '{"reservation_id":"res_planted"}')).* from reservation
       where reservation_id = $1`;
    const what = await house.named(
      1,
      [{ in: 'seating', text: copy, values: [reservationId] }],
      [{ in: 'seating', text: `delete from reservation where reservation_id = 'res_planted'` }],
    );
    expect(what).toEqual(['seats that two live reservations claim']);
  });

  it('section over its capacity', async () => {
    await house.sold({ places: [{ section: 'Floor', quantity: 3 }] });
    const [check] = await house.system.databaseOf('seating').rows<{ name: string; definition: string }>({
      name: 'test.capacity_check',
      text: `select conname as name, pg_get_constraintdef(oid) as definition from pg_constraint
             where conrelid = 'place_state'::regclass and pg_get_constraintdef(oid) like '%<= capacity%'`,
    });
    const capacity = (places: number) => ({
      in: 'seating',
      text: 'update place_state set capacity = $2 where event_id = $1',
      values: [house.eventId, places],
    });
    const what = await house.named(
      1,
      [{ in: 'seating', text: `alter table place_state drop constraint ${check?.name}` }, capacity(2)],
      [capacity(50), { in: 'seating', text: `alter table place_state add constraint ${check?.name} ${check?.definition}` }],
    );
    expect(what).toEqual(['sections with more places reserved + allocated than their capacity']);
  });
});
