import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { planted, type Planted } from '../test-verify.ts';

let house: Planted;

beforeAll(async () => {
  house = await planted({ FEE_PERCENT: '2.5', FEE_FIXED_CENTS: '99', TAX_PERCENT: '21' });
});
afterAll(() => house.system.stop());

/** That everything of this table has this value in this column, for the row with this id. */
const set = (database: string, table: string, id: string, idOf: string, column: string, value: string | null) => ({
  in: database,
  text: `update ${table} set ${column} = $2 where ${id} = $1`,
  values: [idOf, value],
});

describe('verify names a planted', () => {
  it('captured order without tickets', async () => {
    const { orderId } = await house.sold({ seatIds: [13] });
    const tickets = (status: string) => [set('orders', 'ticket', 'order_id', orderId, 'status', status)];
    expect(await house.named(3, tickets('REVOKED'), tickets('VALID'))).toEqual([
      'paid orders with neither tickets nor their money back',
      'confirmed orders without all their tickets',
      'void tickets without a refund',
    ]);
  });

  it('order that paid for more than its tickets are worth', async () => {
    const { orderId } = await house.sold({ seatIds: [18] });
    const more = (cents: number) => [
      { in: 'orders', text: 'update ticket set value_cents = value_cents + $2 where order_id = $1', values: [orderId, cents] },
    ];
    const what = await house.named(3, more(-100), more(100));
    expect(what).toEqual(['orders whose tickets and refunds are worth less than was captured']);
  });

  it('order with tickets that nobody paid for', async () => {
    const { paymentId } = await house.sold({ seatIds: [14] });
    const payment = (status: string) => [set('payments', 'payment', 'payment_id', paymentId, 'status', status)];
    expect(await house.named(3, payment('FAILED'), payment('SUCCESS'))).toEqual([
      'orders whose tickets and refunds are worth more than was captured',
      'charges on which the provider and we do not agree',
    ]);
  });

  it('order that was captured twice', async () => {
    const { orderId } = await house.sold({ seatIds: [15] });
    const charge = `insert into simulator_charge (provider_key, order_reference, amount_cents, currency, state)
       values ('pay_planted', $1, 1, 'USD', 'CAPTURED')`;
    const what = await house.named(
      3,
      [{ in: 'payments', text: charge, values: [orderId] }],
      [{ in: 'payments', text: `delete from simulator_charge where provider_key = 'pay_planted'` }],
    );
    expect(what).toEqual(['orders captured more than once at the provider', 'charges on which the provider and we do not agree']);
  });

  it('goodwill that nobody reserved, and one that the provider knows nothing of', async () => {
    const { paymentId, orderId } = await house.sold({ seatIds: [30] });
    const refund = `insert into refund (refund_id, payment_id, order_id, kind, amount_cents, currency, reason, status, created_at)
       values ('ref_planted', $1, $2, 'GOODWILL', 100, 'USD', '', 'SUCCESS', now())`;
    const what = await house.named(
      3,
      [{ in: 'payments', text: refund, values: [paymentId, orderId] }],
      [{ in: 'payments', text: `delete from refund where refund_id = 'ref_planted'` }],
    );
    expect(what).toEqual([
      'payments whose reserved amount is not that of their refunds',
      'refunds on which the provider and we do not agree',
    ]);
  });

  it('refund of a ticket that gave less than the ticket was worth', async () => {
    const { paymentId } = await house.sold({ seatIds: [31, 32] });
    const admin = house.someone('admin');
    const { body: given } = await admin.send('POST', '/v1/refund', { paymentId, reason: 'All' }, { key: randomUUID() });
    const change = (cents: number) =>
      [
        ['refund', 'amount_cents', 'refund_id', given.refundId],
        ['simulator_refund', 'amount_cents', 'provider_key', given.refundId],
        ['payment', 'refunded_cents', 'payment_id', paymentId],
      ].map(([table, column, id, value]) => ({
        in: 'payments',
        text: `update ${table} set ${column} = ${column} + $2 where ${id} = $1`,
        values: [value, cents],
      }));
    const what = await house.named(3, change(-10), change(10));
    expect(what).toEqual(['orders refunded for less than their tickets by more than the goodwill given']);
  });

  it('refunded order with a live ticket', async () => {
    const { orderId } = await house.sold({ seatIds: [33] });
    const order = (status: string) => [set('orders', 'orders', 'order_id', orderId, 'status', status)];
    expect(await house.named(3, order('REFUNDED'), order('CONFIRMED'))).toEqual(['refunded orders with live tickets']);
  });

  // The last one: what it plants touches every order of the event.
  it('live ticket of a cancelled event', async () => {
    const reason = (value: string | null) => set('orders', 'orders', 'event_id', house.eventId, 'cancel_reason', value);
    const cancelled = 'insert into cancelled_event (event_id, cancelled_at, done_at) values ($1, now(), now())';
    const what = await house.named(
      3,
      [reason('EVENT_CANCELLED'), { in: 'orders', text: cancelled, values: [house.eventId] }],
      [{ in: 'orders', text: 'delete from cancelled_event where event_id = $1', values: [house.eventId] }, reason(null)],
    );
    expect(what).toEqual(['live tickets of cancelled events']);
  });
});
