import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { OpenDatabase } from '../platform/postgres/pool.ts';
import { buy, clientWith, makeEvent, type Client } from '../test/support/buyer.ts';
import { startSystem, type TestSystem } from '../test/support/system.ts';
import type { Role } from '../platform/auth/identity.ts';
import type { Verdict } from './report.ts';
import { runVerify } from './run-verify.ts';

const HALL = [
  { section: 'Stalls', kind: 'SEATED', priceCents: 5_000, rows: [{ row: 'A', seats: 40 }] },
  { section: 'Floor', kind: 'GENERAL_ADMISSION', priceCents: 2_000, capacity: 50 },
];
const FREE = [{ section: 'Free', kind: 'GENERAL_ADMISSION', priceCents: 0, capacity: 10 }];

let system: TestSystem;
let eventId: string;
let freeEventId: string;
let statements = 0;

beforeAll(async () => {
  system = await startSystem({ settings: { FEE_PERCENT: '2.5', FEE_FIXED_CENTS: '99', TAX_PERCENT: '21' } });
  const organizer = someone('organizer');
  eventId = await makeEvent(organizer, HALL);
  freeEventId = await makeEvent(organizer, FREE);
});
afterAll(() => system.stop());

function someone(...roles: Role[]): Client {
  const { userId, token } = system.signIn(...roles);
  return clientWith(system.url, userId, token);
}

/** Takes part in nothing: what a test plants, and takes away again. */
async function plant(database: OpenDatabase, text: string, values: unknown[] = []): Promise<void> {
  await database.run({ name: `test.plant_${statements++}`, text }, values);
}

async function verdicts(settleMs = 5_000): Promise<{ code: number; of: (invariant: number) => Verdict; lines: string[] }> {
  const json: string[] = [];
  const lines: string[] = [];
  const code = await runVerify(system.settings, { settleMs, json: true }, (line) => json.push(line));
  await runVerify(system.settings, { settleMs }, (line) => lines.push(line));
  const found: { verdicts: Verdict[] } = JSON.parse(json.join('\n'));
  const of = (invariant: number): Verdict => {
    const verdict = found.verdicts.find((one) => one.invariant === invariant);
    if (verdict === undefined) throw new Error(`Nothing was said of invariant ${invariant}`);
    return verdict;
  };
  return { code, of, lines };
}

/** What a planted violation is called, once it is found; the plant is removed again. */
async function found(invariant: number, planted: () => Promise<unknown>, removed: () => Promise<unknown>): Promise<string[]> {
  await planted();
  try {
    const { code, of } = await verdicts(10_000);
    const verdict = of(invariant);
    expect(code).toBe(1);
    return verdict.verdict === 'broken' ? verdict.violations.map(({ what }) => what) : [];
  } finally {
    await removed();
  }
}

async function confirmed(selection: object): Promise<{ orderId: string; reservationId: string; paymentId: string }> {
  const buyer = someone('customer');
  const { order, reservation, charge } = await buy(buyer, eventId, selection);
  const { body } = await buyer.get(`/v1/orders/${order.orderId}?waitFor=CONFIRMED&timeoutMs=10000`);
  expect(body.status).toBe('CONFIRMED');
  return { orderId: order.orderId, reservationId: reservation.reservationId, paymentId: charge.body.paymentId };
}

describe('verify', () => {
  it('finds that all holds after sales, declines, cancellations and a free order', async () => {
    await confirmed({ seatIds: [1, 2] });
    await confirmed({ places: [{ section: 'Floor', quantity: 3 }] });
    await buy(someone('customer'), eventId, { seatIds: [3] }, 'tok_card_declined');
    await buy(someone('customer'), eventId, { seatIds: [4] }, 'tok_gateway_timeout');
    const quitter = someone('customer');
    const declined = await buy(quitter, eventId, { seatIds: [5] }, 'tok_invalid_card');
    await expect
      .poll(async () => (await quitter.get(`/v1/orders/${declined.order.orderId}`)).body.status, { timeout: 5_000 })
      .toBe('PENDING');
    expect(await quitter.send('POST', `/v1/orders/${declined.order.orderId}/cancel`)).toMatchObject({
      body: { status: 'CANCELLED' },
    });
    const guest = someone('customer');
    const held = await guest.send('POST', '/v1/seats/reserve', {
      eventId: freeEventId,
      places: [{ section: 'Free', quantity: 2 }],
    });
    const free = await guest.send('POST', '/v1/orders', { reservationId: held.body.reservationId }, { key: randomUUID() });
    expect(free.body).toMatchObject({ totalCents: 0 });
    const done = await guest.get(`/v1/orders/${free.body.orderId}?waitFor=CONFIRMED&timeoutMs=10000`);
    expect(done.body.status).toBe('CONFIRMED');

    const { code, of, lines } = await verdicts();
    expect([1, 3, 4].map((invariant) => of(invariant))).toMatchObject([
      { verdict: 'holds' },
      { verdict: 'holds' },
      { verdict: 'holds' },
    ]);
    for (const invariant of [5, 6, 8]) expect(of(invariant)).toMatchObject({ verdict: 'holds' });
    expect([2, 7].map((invariant) => of(invariant).verdict)).toEqual(['not checked', 'not checked']);
    expect(code).toBe(0);
    expect(lines).toHaveLength(8);
  }, 60_000);

  it('says what it could not check while payments have no answer', async () => {
    await buy(someone('customer'), eventId, { seatIds: [6] }, 'tok_timeout_captured');
    const payments = system.databaseOf('payments');
    const silentFor = (hours: number) =>
      plant(
        payments,
        `update simulator_charge set silent_until = now() + interval '${hours} hours' where silent_until is not null`,
      );
    await silentFor(1);
    const { of, lines } = await verdicts(0);
    expect(of(3)).toMatchObject({ verdict: 'not checked', why: expect.stringContaining('no answer yet') });
    expect(lines.join('\n')).toContain('not settled: 1 payments have no answer yet');
    await silentFor(0);
    const settled = await verdicts(30_000);
    expect(settled.of(3)).toMatchObject({ verdict: 'holds' });
  }, 60_000);
});

describe('verify names a planted', () => {
  it('second live ticket on a seat', async () => {
    const orders = system.databaseOf('orders');
    await confirmed({ seatIds: [10] });
    const index =
      'create unique index ticket_live_seat on ticket (event_id, seat_id) where seat_id is not null and status <> $$REVOKED$$';
    const what = await found(
      1,
      async () => {
        await plant(orders, 'drop index ticket_live_seat');
        await plant(
          orders,
          `insert into ticket select 'tkt_planted', order_id, event_id, user_id, section, seat_id, seat_code, value_cents, status,
             'PLANTED', serial, qr_payload, issued_at from ticket where event_id = $1 and seat_id = 10`,
          [eventId],
        );
      },
      async () => {
        await plant(orders, `delete from ticket where ticket_id = 'tkt_planted'`);
        await plant(orders, index);
      },
    );
    expect(what).toEqual(['seats with more than one live ticket']);
  });

  it('ticket for a seat that could be sold again', async () => {
    const seating = system.databaseOf('seating');
    const { reservationId } = await confirmed({ seatIds: [11] });
    const what = await found(
      1,
      () =>
        plant(seating, `update seat_state set status = 'A', reservation_id = null where reservation_id = $1`, [reservationId]),
      () =>
        plant(seating, `update seat_state set status = 'L', reservation_id = $1 where event_id = $2 and seat_id = 11`, [
          reservationId,
          eventId,
        ]),
    );
    expect(what).toEqual(['live tickets for seats that seating has not allocated to their order']);
  });

  it('seat that two reservations claim', async () => {
    const seating = system.databaseOf('seating');
    const { reservationId } = await confirmed({ seatIds: [12] });
    const what = await found(
      1,
      () =>
        plant(
          seating,
          `insert into reservation select (jsonb_populate_record(reservation, '{"reservation_id":"res_planted"}')).* from reservation
           where reservation_id = $1`,
          [reservationId],
        ),
      () => plant(seating, `delete from reservation where reservation_id = 'res_planted'`),
    );
    expect(what).toEqual(['seats that two live reservations claim']);
  });

  it('section over its capacity', async () => {
    const seating = system.databaseOf('seating');
    const check = (
      await seating.rows<{ name: string; definition: string }>({
        name: 'test.capacity_check',
        text: `select conname as name, pg_get_constraintdef(oid) as definition from pg_constraint
             where conrelid = 'place_state'::regclass and pg_get_constraintdef(oid) like '%<= capacity%'`,
      })
    )[0];
    const what = await found(
      1,
      async () => {
        await plant(seating, `alter table place_state drop constraint ${check?.name}`);
        await plant(seating, 'update place_state set capacity = 2 where event_id = $1', [eventId]);
      },
      async () => {
        await plant(seating, 'update place_state set capacity = 50 where event_id = $1', [eventId]);
        await plant(seating, `alter table place_state add constraint ${check?.name} ${check?.definition}`);
      },
    );
    expect(what).toEqual(['sections with more places reserved + allocated than their capacity']);
  });

  it('captured order without tickets', async () => {
    const orders = system.databaseOf('orders');
    const { orderId } = await confirmed({ seatIds: [13] });
    const what = await found(
      3,
      () => plant(orders, `update ticket set status = 'REVOKED' where order_id = $1`, [orderId]),
      () => plant(orders, `update ticket set status = 'VALID' where order_id = $1`, [orderId]),
    );
    expect(what).toEqual([
      'paid orders with neither tickets nor their money back',
      'confirmed orders without all their tickets',
      'void tickets whose money is owed',
    ]);
  });

  it('order with tickets that nobody paid for', async () => {
    const payments = system.databaseOf('payments');
    const { paymentId } = await confirmed({ seatIds: [14] });
    const what = await found(
      3,
      () => plant(payments, `update payment set status = 'FAILED' where payment_id = $1`, [paymentId]),
      () => plant(payments, `update payment set status = 'SUCCESS' where payment_id = $1`, [paymentId]),
    );
    expect(what).toEqual([
      'orders whose tickets and refunds are worth more than was captured',
      'charges on which the provider and we do not agree',
    ]);
  });

  it('order that was captured twice', async () => {
    const payments = system.databaseOf('payments');
    const { orderId } = await confirmed({ seatIds: [15] });
    const what = await found(
      3,
      () =>
        plant(
          payments,
          `insert into simulator_charge (provider_key, order_reference, amount_cents, currency, state) values ('pay_planted', $1, 1, 'USD', 'CAPTURED')`,
          [orderId],
        ),
      () => plant(payments, `delete from simulator_charge where provider_key = 'pay_planted'`),
    );
    expect(what).toEqual(['orders captured more than once at the provider', 'charges on which the provider and we do not agree']);
  });

  it('goodwill that nobody reserved, and one that the provider knows nothing of', async () => {
    const payments = system.databaseOf('payments');
    const { paymentId, orderId } = await confirmed({ seatIds: [30] });
    const what = await found(
      3,
      () =>
        plant(
          payments,
          `insert into refund (refund_id, payment_id, order_id, kind, amount_cents, currency, reason, status, created_at)
           values ('ref_planted', $1, $2, 'GOODWILL', 100, 'USD', '', 'SUCCESS', now())`,
          [paymentId, orderId],
        ),
      () => plant(payments, `delete from refund where refund_id = 'ref_planted'`),
    );
    expect(what).toEqual([
      'payments whose reserved amount is not that of their refunds',
      'refunds on which the provider and we do not agree',
    ]);
  });

  it('refund of a ticket that gave less than the ticket was worth', async () => {
    const payments = system.databaseOf('payments');
    const { paymentId } = await confirmed({ seatIds: [31, 32] });
    const given = await someone('admin').send('POST', '/v1/refund', { paymentId, reason: 'All' }, { key: randomUUID() });
    const change = (cents: number) => [
      plant(payments, 'update refund set amount_cents = amount_cents + $2 where refund_id = $1', [given.body.refundId, cents]),
      plant(payments, 'update simulator_refund set amount_cents = amount_cents + $2 where provider_key = $1', [
        given.body.refundId,
        cents,
      ]),
      plant(payments, 'update payment set refunded_cents = refunded_cents + $2 where payment_id = $1', [paymentId, cents]),
    ];
    const what = await found(
      3,
      () => Promise.all(change(-10)),
      () => Promise.all(change(10)),
    );
    expect(what).toEqual(['orders refunded for less than their tickets by more than the goodwill given']);
  });

  it('refunded order with a live ticket', async () => {
    const orders = system.databaseOf('orders');
    const { orderId } = await confirmed({ seatIds: [33] });
    const set = (status: string) => plant(orders, 'update orders set status = $2 where order_id = $1', [orderId, status]);
    const what = await found(
      3,
      () => set('REFUNDED'),
      () => set('CONFIRMED'),
    );
    expect(what).toEqual(['refunded orders with live tickets']);
  });

  it('live ticket of a cancelled event', async () => {
    const orders = system.databaseOf('orders');
    const { orderId } = await confirmed({ seatIds: [34] });
    const reason = (cancelReason: string | null) =>
      plant(orders, 'update orders set cancel_reason = $2 where event_id = (select event_id from orders where order_id = $1)', [
        orderId,
        cancelReason,
      ]);
    const what = await found(
      3,
      async () => {
        await reason('EVENT_CANCELLED');
        await plant(orders, 'insert into cancelled_event (event_id, cancelled_at, done_at) values ($1, now(), now())', [eventId]);
      },
      async () => {
        await plant(orders, 'delete from cancelled_event where event_id = $1', [eventId]);
        await reason(null);
      },
    );
    expect(what).toEqual(['live tickets of cancelled events']);
  });

  it('seat of a refunded ticket that was never given back', async () => {
    const seating = system.databaseOf('seating');
    const { paymentId, reservationId } = await confirmed({ seatIds: [35] });
    await someone('admin').send('POST', '/v1/refund', { paymentId, reason: 'All' }, { key: randomUUID() });
    const free = () => someone('customer').get(`/v1/seats/${eventId}/35`);
    await expect.poll(async () => (await free()).body.status, { timeout: 10_000 }).toBe('AVAILABLE');
    const what = await found(
      4,
      async () => {
        await plant(
          seating,
          `update reservation set status = 'ALLOCATED', seat_ids = '{35}', quantity = 1 where reservation_id = $1`,
          [reservationId],
        );
        await plant(seating, `update seat_state set status = 'L', reservation_id = $1 where event_id = $2 and seat_id = 35`, [
          reservationId,
          eventId,
        ]);
      },
      async () => {
        await plant(
          seating,
          `update reservation set status = 'RELEASED', seat_ids = '{}', quantity = 0 where reservation_id = $1`,
          [reservationId],
        );
        await plant(seating, `update seat_state set status = 'A', reservation_id = null where event_id = $1 and seat_id = 35`, [
          eventId,
        ]);
      },
    );
    expect(what).toEqual(['seats and places taken for good without a ticket']);
  });

  it('seat RESERVED without a live reservation', async () => {
    const seating = system.databaseOf('seating');
    const what = await found(
      4,
      () =>
        plant(seating, `update seat_state set status = 'R', reservation_id = 'res_gone' where event_id = $1 and seat_id = 20`, [
          eventId,
        ]),
      () =>
        plant(seating, `update seat_state set status = 'A', reservation_id = null where event_id = $1 and seat_id = 20`, [
          eventId,
        ]),
    );
    expect(what).toEqual(['seats RESERVED without a live reservation']);
  });

  it('ended reservation that still holds seats, and places', async () => {
    const seating = system.databaseOf('seating');
    const buyer = someone('customer');
    const held = await buyer.send('POST', '/v1/seats/reserve', { eventId, seatIds: [21, 22] });
    const places = await buyer.send('POST', '/v1/seats/reserve', { eventId, places: [{ section: 'Floor', quantity: 2 }] });
    const ids = [held.body.reservationId, places.body.reservationId];
    const what = await found(
      4,
      () => plant(seating, `update reservation set status = 'EXPIRED' where reservation_id = any($1)`, [ids]),
      () => plant(seating, `update reservation set status = 'RESERVED' where reservation_id = any($1)`, [ids]),
    );
    expect(what).toEqual([
      'seats RESERVED without a live reservation',
      'ended reservations that still hold seats',
      'sections whose places are not those of their live reservations',
    ]);
  });

  it('hold that lost one of its seats', async () => {
    const seating = system.databaseOf('seating');
    const held = await someone('customer').send('POST', '/v1/seats/reserve', { eventId, seatIds: [23, 24] });
    const { reservationId } = held.body;
    const what = await found(
      4,
      () =>
        plant(seating, `update seat_state set status = 'A', reservation_id = null where event_id = $1 and seat_id = 24`, [
          eventId,
        ]),
      () =>
        plant(seating, `update seat_state set status = 'R', reservation_id = $2 where event_id = $1 and seat_id = 24`, [
          eventId,
          reservationId,
        ]),
    );
    expect(what).toEqual(['live reservations that do not hold all their seats']);
  });

  it('seat taken for good without a ticket', async () => {
    const orders = system.databaseOf('orders');
    const { orderId } = await confirmed({ seatIds: [16, 17] });
    const what = await found(
      4,
      () => plant(orders, `update ticket set status = 'REVOKED' where order_id = $1 and seat_id = 17`, [orderId]),
      () => plant(orders, `update ticket set status = 'VALID' where order_id = $1 and seat_id = 17`, [orderId]),
    );
    expect(what).toEqual(['seats and places taken for good without a ticket']);
  });
});
