import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buy } from '../../test/support/buyer.ts';
import { planted, type Planted } from '../test-verify.ts';

let house: Planted;

beforeAll(async () => {
  house = await planted();
});
afterAll(() => house.system.stop());

const change = (database: string, text: string, values: unknown[] = []) => ({ in: database, text, values });

describe('verify of the log', () => {
  it('finds that state and log agree after sales, releases, declines, blocks and refunds', async () => {
    const { eventId, someone } = house;
    await house.sold({ seatIds: [1, 2] });
    await house.sold({ places: [{ section: 'Floor', quantity: 3 }] });
    const quitter = someone('customer');
    const held = await quitter.send('POST', '/v1/seats/reserve', { eventId, seatIds: [3] });
    await quitter.send('DELETE', `/v1/seats/reservation/${held.body.reservationId}`);
    await someone('customer').send('POST', '/v1/seats/reserve', { eventId, places: [{ section: 'Floor', quantity: 2 }] });
    await buy(someone('customer'), eventId, { seatIds: [4] }, 'tok_card_declined');
    await someone('admin').send('PUT', '/v1/seats/block', { eventId, seatIds: [39, 40] });
    await someone('admin').send('PUT', '/v1/seats/unblock', { eventId, seatIds: [40] });
    const { buyer, orderId, paymentId } = await house.sold({ seatIds: [5, 6] });
    const { body } = await buyer.get(`/v1/orders/${orderId}/tickets`);
    const [first] = body.tickets;
    const part = { paymentId, ticketIds: [first.ticketId], reason: 'One' };
    expect(await someone('admin').send('POST', '/v1/refund', part, { key: 'one' })).toMatchObject({ status: 201 });
    const whole = await house.sold({ places: [{ section: 'Floor', quantity: 1 }] });
    await someone('admin').send('POST', '/v1/refund', { paymentId: whole.paymentId, reason: 'All' }, { key: 'all' });
    const { of } = await house.verdicts();
    expect(of(8)).toMatchObject({ verdict: 'holds', looked: expect.stringMatching(/^[1-9]\d* domain events against \d+ seats/) });
  });

  it('names seats, places and reservations that changed without a domain event', async () => {
    const { reservationId } = await house.sold({ seatIds: [10] });
    const seats = (status: string, seatId: number) =>
      change('seating', 'update seat_state set status = $3::"char" where event_id = $1 and seat_id = $2', [
        house.eventId,
        seatId,
        status,
      ]);
    const places = (by: number) =>
      change('seating', 'update place_state set reserved = reserved + $2 where event_id = $1', [house.eventId, by]);
    const reservation = (status: string) =>
      change('seating', 'update reservation set status = $2 where reservation_id = $1', [reservationId, status]);
    const version = (by: number) =>
      change('seating', 'update event_sale set version = version + $2 where event_id = $1', [house.eventId, by]);
    const copy = change(
      'seating',
      `insert into reservation select (jsonb_populate_record(reservation, '{"reservation_id":"res_planted"}')).* from reservation
       where reservation_id = $1`,
      [reservationId],
    );
    const what = await house.named(
      8,
      [copy, seats('R', 10), seats('B', 20), places(1), reservation('RELEASED'), version(1)],
      [
        change('seating', `delete from reservation where reservation_id = 'res_planted'`),
        seats('L', 10),
        seats('A', 20),
        places(-1),
        reservation('ALLOCATED'),
        version(-1),
      ],
    );
    expect(what).toEqual([
      'sales whose log has gaps or does not end where the sale is',
      'seats that are not as the log says',
      'taken seats of which the log says nothing',
      'reservations that are not as the log says',
      'reservations of which the log says nothing',
      'sections whose places are not as the log says',
    ]);
  });

  it('names orders and payments that changed without a domain event, and those that it tells of and are gone', async () => {
    const { orderId, paymentId } = await house.sold({ seatIds: [11] });
    const order = (status: string) => change('orders', 'update orders set status = $2 where order_id = $1', [orderId, status]);
    const payment = (status: string) =>
      change('payments', 'update payment set status = $2 where payment_id = $1', [paymentId, status]);
    expect(await house.named(8, [order('REFUNDED'), payment('FAILED')], [order('CONFIRMED'), payment('SUCCESS')])).toEqual([
      'orders of which the log says nothing, or something else',
      'payments and refunds of which the log says nothing, or something else',
      'payments and refunds that are not as the log says',
    ]);
    const lie = (topic: string, type: string, data: object) =>
      change(
        'event-log',
        `insert into record (topic, log_offset, id, key, events) values ($1, 1000000, gen_random_uuid(), 'planted', $2)`,
        [topic, JSON.stringify([{ id: `planted ${type}`, type, data }])],
      );
    const what = await house.named(
      8,
      [
        lie('booking.events', 'booking.initiated', { orderId: 'ord_planted' }),
        lie('payment.events', 'payment.requested', { paymentId: 'pay_planted', orderId: 'ord_planted' }),
        lie('seat.events', 'seat.unavailable', {}),
      ],
      [change('event-log', 'delete from record where log_offset = 1000000')],
    );
    expect(what).toEqual([
      'orders that the log tells of and that do not exist',
      'payments and refunds that are not as the log says',
    ]);
  });

  it('names a domain event that was published twice', async () => {
    await house.sold({ seatIds: [12] });
    const again = change(
      'event-log',
      `insert into record (topic, log_offset, id, key, events)
       select topic, 1000000, gen_random_uuid(), key, events from record where topic = 'booking.events' order by log_offset limit 1`,
    );
    const what = await house.named(8, [again], [change('event-log', 'delete from record where log_offset = 1000000')]);
    expect(what).toEqual(['domain events that are on the log twice']);
  });
});
