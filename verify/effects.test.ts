import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buy } from '../test/support/buyer.ts';
import { planted, type Planted } from './test-verify.ts';

let house: Planted;

beforeAll(async () => {
  house = await planted();
});
afterAll(() => house.system.stop());

const inOrders = (text: string, values: unknown[] = []) => ({ in: 'orders', text, values });
const inPayments = (text: string, values: unknown[] = []) => ({ in: 'payments', text, values });
const inSeating = (text: string, values: unknown[] = []) => ({ in: 'seating', text, values });
const orderStatus = (orderId: string, status: string) =>
  inOrders('update orders set status = $2 where order_id = $1', [orderId, status]);

describe('verify of late payments and repeated domain events', () => {
  it('finds that all holds after sales, declines and a refund', async () => {
    await house.sold({ seatIds: [1, 2] });
    await house.sold({ places: [{ section: 'Floor', quantity: 3 }] });
    await buy(house.someone('customer'), house.eventId, { seatIds: [3] }, 'tok_card_declined');
    const { paymentId } = await house.sold({ seatIds: [4] });
    await house.someone('admin').send('POST', '/v1/refund', { paymentId, reason: 'All' }, { key: 'refund' });
    const { of } = await house.verdicts();
    expect(of(5)).toMatchObject({ verdict: 'holds', looked: expect.stringContaining('3 captured payments') });
    expect(of(6)).toMatchObject({ verdict: 'holds', looked: expect.stringContaining('4 orders compared') });
  });

  it('names money that stands for an order that ended', async () => {
    const { orderId } = await house.sold({ seatIds: [10] });
    const what = await house.named(5, [orderStatus(orderId, 'EXPIRED')], [orderStatus(orderId, 'CONFIRMED')]);
    expect(what).toEqual(['captured payments of orders that cannot be had, not given back']);
  });

  it('names a second payment that stands for one order', async () => {
    const { orderId, paymentId } = await house.sold({ seatIds: [11] });
    const paidBy = (id: string) => inOrders('update orders set payment_id = $2 where order_id = $1', [orderId, id]);
    const what = await house.named(5, [paidBy('pay_other')], [paidBy(paymentId)]);
    expect(what).toEqual(['captured payments of orders that cannot be had, not given back']);
  });

  it('names tickets whose places were never allocated', async () => {
    const { reservationId } = await house.sold({ places: [{ section: 'Floor', quantity: 1 }] });
    const outcome = (status: string) =>
      inSeating('update reservation set status = $2 where reservation_id = $1', [reservationId, status]);
    const what = await house.named(5, [outcome('EXPIRED')], [outcome('ALLOCATED')]);
    expect(what).toEqual(['orders with tickets whose reservation is not allocated to them']);
  });

  it('names two tickets for one place', async () => {
    const { orderId } = await house.sold({ places: [{ section: 'Floor', quantity: 1 }] });
    const copy = inOrders(
      `insert into ticket select (jsonb_populate_record(ticket, '{"ticket_id":"tkt_planted","ticket_code":"PLANTED"}')).* from ticket
       where order_id = $1`,
      [orderId],
    );
    const what = await house.named(6, [copy], [inOrders(`delete from ticket where ticket_id = 'tkt_planted'`)]);
    expect(what).toEqual(['items with more than one ticket']);
  });

  it('names an order that was confirmed twice, and a history that does not follow', async () => {
    const { orderId } = await house.sold({ seatIds: [12] });
    const again = inOrders(
      `insert into order_change (order_id, from_status, to_status, cause, changed_at) values ($1, 'PENDING', 'CONFIRMED', 'planted', now())`,
      [orderId],
    );
    const what = await house.named(6, [again], [inOrders(`delete from order_change where cause = 'planted'`)]);
    expect(what).toEqual(['orders that were confirmed more than once', 'orders whose changes do not follow from one another']);
  });

  it('names a late payment and a ticket that were refunded twice', async () => {
    const { orderId, paymentId } = await house.sold({ seatIds: [13] });
    const refund = (id: string, kind: string) =>
      inPayments(
        `insert into refund (refund_id, payment_id, order_id, kind, ticket_ids, amount_cents, currency, reason, status, created_at)
         values ($1, $2, $3, $4, '{tkt_1}', 1, 'USD', 'planted', 'SUCCESS', now())`,
        [id, paymentId, orderId, kind],
      );
    const what = await house.named(
      6,
      [inPayments('drop index refund_late_payment'), ...['ref_1', 'ref_2'].map((id) => refund(id, 'LATE_PAYMENT'))],
      [
        inPayments(`delete from refund where reason = 'planted'`),
        inPayments(
          `create unique index refund_late_payment on refund (payment_id) where kind = 'LATE_PAYMENT' and status <> 'FAILED'`,
        ),
      ],
    );
    expect(what).toEqual(['late payments given back more than once', 'tickets refunded more than once']);
  });

  it('names orders on which the services do not agree', async () => {
    const { orderId, paymentId } = await house.sold({ seatIds: [14] });
    const disagree = ['orders on which the services do not agree'];
    const refunded = await house.named(
      6,
      [orderStatus(orderId, 'PENDING'), inSeating(`update reservation set status = 'EXPIRED' where order_id = $1`, [orderId])],
      [
        orderStatus(orderId, 'CONFIRMED'),
        inSeating(`update reservation set status = 'ALLOCATED' where order_id = $1`, [orderId]),
      ],
    );
    expect(refunded).toContain(disagree[0]);
    const pay = (status: string) => inPayments('update payment set status = $2 where payment_id = $1', [paymentId, status]);
    expect(await house.named(6, [pay('FAILED')], [pay('SUCCESS')])).toEqual(disagree);
  });

  it('tells of dead letters', async () => {
    const letter = inOrders(
      `insert into dead_letter (consumer_group, event_id, event_type, event, error, attempts, first_failed_at)
       values ('orders.planted', gen_random_uuid(), 'payment.completed', '{}', E'Planted\\n  at there', 3, now())`,
    );
    await house.change([letter]);
    const told = { service: 'orders', group: 'orders.planted', type: 'payment.completed', count: 1, error: 'Planted' };
    const { deadLetters, lines } = await house.verdicts();
    expect(deadLetters).toEqual([told]);
    expect(lines).toContain('dead letters: 1 of payment.completed at orders.planted (Planted); see: onsale dead-letters list');
    await house.change([inOrders(`delete from dead_letter where consumer_group = 'orders.planted'`)]);
  });
});
