import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Ticket } from '../../contracts/http/orders.ts';
import { runVerify } from '../../verify/run-verify.ts';
import { buy, makeEvent, someone, type Client } from '../support/buyer.ts';
import { startSystem, type TestSystem } from '../support/system.ts';

const HALL = [
  { section: 'Stalls', kind: 'SEATED', priceCents: 5_000, rows: [{ row: 'A', seats: 40 }] },
  { section: 'Floor', kind: 'GENERAL_ADMISSION', priceCents: 2_000, capacity: 50 },
];
const FREE = [{ section: 'Free', kind: 'GENERAL_ADMISSION', priceCents: 0, capacity: 10 }];

let system: TestSystem;
let organizer: Client;
let eventId: string;
beforeAll(async () => {
  system = await startSystem({ settings: { FEE_PERCENT: '2.5', FEE_FIXED_CENTS: '99', TAX_PERCENT: '21' } });
  organizer = someone(system, 'organizer');
  eventId = await makeEvent(organizer, HALL);
});
afterAll(() => system.stop());

type Bought = { buyer: Client; orderId: string; paymentId: string; totalCents: number; tickets: Ticket[] };

async function bought(
  selection: object,
  event = eventId,
  paymentToken?: string,
  buyer = someone(system, 'customer'),
): Promise<Bought> {
  const { order, charge } = await buy(buyer, event, selection, paymentToken);
  const { body } = await buyer.get(`/v1/orders/${order.orderId}?waitFor=CONFIRMED&timeoutMs=10000`);
  expect(body.status).toBe('CONFIRMED');
  const { tickets } = (await buyer.get(`/v1/orders/${order.orderId}/tickets`)).body;
  return { buyer, orderId: order.orderId, paymentId: charge.body.paymentId, totalCents: order.totalCents, tickets };
}

const refund = (body: object, key: string = randomUUID(), who = organizer) => who.send('POST', '/v1/refund', body, { key });
const cancel = (buyer: Client, orderId: string) => buyer.send('POST', `/v1/orders/${orderId}/cancel`);

async function becomes(buyer: Client, orderId: string, order: object): Promise<void> {
  await expect.poll(async () => (await buyer.get(`/v1/orders/${orderId}`)).body, { timeout: 20_000 }).toMatchObject(order);
}

async function seatIs(seatId: number, status: string): Promise<void> {
  const seat = async (): Promise<string> => (await organizer.get(`/v1/seats/${eventId}/${seatId}`)).body.status;
  await expect.poll(seat, { timeout: 10_000 }).toBe(status);
}

async function ticketsAre(buyer: Client, orderId: string, statuses: string[]): Promise<void> {
  const { body } = await buyer.get(`/v1/orders/${orderId}/tickets`);
  expect(body.tickets.map(({ status }: { status: string }) => status)).toEqual(statuses);
}

async function expectAllHolds(): Promise<void> {
  const lines: string[] = [];
  const code = await runVerify(system.settings, { settleMs: 20_000 }, (line) => lines.push(line));
  const verdicts = lines.filter((line) => /^[134] /.test(line)).map((line) => line.split(/\s+/)[1]);
  expect(verdicts, lines.join('\n')).toEqual(['holds', 'holds', 'holds']);
  expect(code, lines.join('\n')).toBe(0);
}

/** The provider has captured, and says so only from now on, or not before the test says so. */
async function letProviderBe(silent: boolean): Promise<void> {
  await system.databaseOf('payments').run({
    name: `test.provider_${silent ? 'silent' : 'speaks'}`,
    text: `update simulator_charge set silent_until = now() + interval '${silent ? 1 : 0} hours' where silent_until is not null`,
  });
}

describe('a refund', () => {
  it('of a ticket voids it, gives its value back, and lets the next buyer have the seat', async () => {
    const { buyer, orderId, paymentId, tickets } = await bought({ seatIds: [1, 2] });
    const key = randomUUID();
    const body = { paymentId, ticketIds: [tickets[0]?.ticketId], reason: 'Asked for' };
    const given = await refund(body, key);
    expect(given).toMatchObject({ status: 201, body: { kind: 'TICKETS', status: 'SUCCESS', ticketIds: body.ticketIds } });
    const again = await refund(body, key);
    expect(again).toMatchObject({ status: 201, body: given.body });
    expect(again.headers.get('idempotent-replayed')).toBe('true');
    expect(await refund(body)).toMatchObject({ status: 409, body: { code: 'TICKET_NOT_REFUNDABLE' } });
    await becomes(buyer, orderId, { status: 'PARTIALLY_REFUNDED' });
    await ticketsAre(buyer, orderId, ['REVOKED', 'VALID']);
    await seatIs(1, 'AVAILABLE');
    await seatIs(2, 'ALLOCATED');
    const next = await bought({ seatIds: [1] });
    expect(next.tickets).toHaveLength(1);
    expect((await buyer.get(`/v1/payments/${paymentId}`)).body).toMatchObject({
      status: 'PARTIALLY_REFUNDED',
      refundedCents: given.body.amountCents,
      refunds: [given.body],
    });
    await expectAllHolds();
  }, 60_000);

  it('of everything voids what is left and ends the order', async () => {
    const { buyer, orderId, paymentId, totalCents } = await bought({ places: [{ section: 'Floor', quantity: 3 }] });
    const goodwill = await refund({ paymentId, amountCents: 100, reason: 'Sorry' });
    expect(goodwill).toMatchObject({ status: 201, body: { kind: 'GOODWILL', amountCents: 100, ticketIds: [] } });
    await becomes(buyer, orderId, { status: 'PARTIALLY_REFUNDED' });
    await ticketsAre(buyer, orderId, ['VALID', 'VALID', 'VALID']);
    expect(await refund({ paymentId, amountCents: totalCents, reason: 'Too much' })).toMatchObject({
      status: 422,
      body: { code: 'REFUND_TOO_LARGE', refundableCents: totalCents - 100 },
    });
    expect(await refund({ paymentId, reason: 'All' })).toMatchObject({ body: { amountCents: totalCents - 100 } });
    await becomes(buyer, orderId, { status: 'REFUNDED' });
    expect((await buyer.get(`/v1/payments/${paymentId}`)).body).toMatchObject({ status: 'REFUNDED', refundedCents: totalCents });
    expect(await refund({ paymentId, reason: 'More' })).toMatchObject({ status: 409, body: { code: 'PAYMENT_NOT_REFUNDABLE' } });
    await expectAllHolds();
  }, 60_000);

  it('is for the organizer of the event and for admins', async () => {
    const { buyer, paymentId } = await bought({ seatIds: [5] });
    const body = { paymentId, amountCents: 1, reason: 'Mine' };
    expect(await refund(body, randomUUID(), buyer)).toMatchObject({ status: 403 });
    expect(await refund(body, randomUUID(), someone(system, 'organizer'))).toMatchObject({ status: 404 });
    expect(await refund(body, randomUUID(), someone(system, 'admin'))).toMatchObject({ status: 201 });
    expect(await refund({ ...body, ticketIds: [] })).toMatchObject({ status: 400 });
    const list = await someone(system, 'admin').get('/v1/payments?limit=1');
    expect(list.body.items[0]).toMatchObject({ paymentId, refunds: [{ amountCents: 1 }] });
  }, 60_000);

  it('that the provider refuses for good leaves the tickets as they were', async () => {
    const { buyer, orderId, paymentId } = await bought({ seatIds: [6] }, eventId, 'tok_refund_refused');
    expect(await refund({ paymentId, reason: 'All' })).toMatchObject({ status: 409, body: { code: 'REFUND_FAILED' } });
    await expect
      .poll(async () => (await buyer.get(`/v1/orders/${orderId}/tickets`)).body.tickets[0].status, { timeout: 10_000 })
      .toBe('VALID');
    expect((await buyer.get(`/v1/payments/${paymentId}`)).body).toMatchObject({
      status: 'SUCCESS',
      refundedCents: 0,
      refunds: [{ status: 'FAILED', failureReason: 'CARD_CLOSED' }],
    });
    await cancel(buyer, orderId);
    await becomes(buyer, orderId, { status: 'CONFIRMED' });
    await expect
      .poll(async () => (await buyer.get(`/v1/orders/${orderId}`)).body.cancelReason, { timeout: 10_000 })
      .toBeUndefined();
    await expectAllHolds();
  }, 60_000);

  it('never adds up to more than was captured, when twenty of every kind run at once', async () => {
    const { buyer, paymentId, totalCents, tickets } = await bought({ seatIds: [7, 8, 9] });
    const wishes = Array.from({ length: 20 }, (_, index) =>
      index % 4 === 0
        ? { ticketIds: [tickets[index % 3]?.ticketId] }
        : index % 7 === 0
          ? {}
          : { amountCents: Math.ceil(totalCents / 9) },
    );
    const answers = await Promise.all(wishes.map((wish) => refund({ paymentId, reason: 'Rush', ...wish })));
    const given = answers.filter(({ status }) => status < 300).map(({ body }) => body.amountCents);
    const sum = given.reduce((total, cents) => total + cents, 0);
    expect(sum).toBeLessThanOrEqual(totalCents);
    expect(answers.filter(({ status }) => ![201, 202, 404, 409, 422].includes(status))).toEqual([]);
    expect((await buyer.get(`/v1/payments/${paymentId}`)).body.refundedCents).toBeGreaterThanOrEqual(sum);
    await expectAllHolds();
  }, 60_000);
});

describe('cancelling', () => {
  it('gives back what was paid, and frees the seats, once', async () => {
    const { buyer, orderId, totalCents, paymentId } = await bought({ seatIds: [11, 12] });
    const answers = await Promise.all([1, 2, 3].map(() => cancel(buyer, orderId)));
    for (const answer of answers) expect(answer).toMatchObject({ status: 200, body: { cancelReason: 'BUYER' } });
    await becomes(buyer, orderId, { status: 'REFUNDED', cancelReason: 'BUYER' });
    await ticketsAre(buyer, orderId, ['REVOKED', 'REVOKED']);
    await seatIs(11, 'AVAILABLE');
    expect(await cancel(buyer, orderId)).toMatchObject({ status: 200, body: { status: 'REFUNDED' } });
    expect((await buyer.get(`/v1/payments/${paymentId}`)).body).toMatchObject({ refundedCents: totalCents, refunds: [{}] });
  }, 60_000);

  it('during a payment is noted, and money captured afterwards goes back', async () => {
    const buyer = someone(system, 'customer');
    const { order } = await buy(buyer, eventId, { seatIds: [13] }, 'tok_timeout_captured');
    await letProviderBe(true);
    expect(await cancel(buyer, order.orderId)).toMatchObject({
      status: 200,
      body: { status: 'PAYMENT_PROCESSING', cancelReason: 'BUYER' },
    });
    await letProviderBe(false);
    await becomes(buyer, order.orderId, { status: 'REFUNDED' });
    await ticketsAre(buyer, order.orderId, []);
    await seatIs(13, 'AVAILABLE');
  }, 60_000);

  it('frees what cost nothing', async () => {
    const freeEvent = await makeEvent(organizer, FREE);
    const buyer = someone(system, 'customer');
    const held = await buyer.send('POST', '/v1/seats/reserve', {
      eventId: freeEvent,
      places: [{ section: 'Free', quantity: 2 }],
    });
    const { body: order } = await buyer.send(
      'POST',
      '/v1/orders',
      { reservationId: held.body.reservationId },
      { key: randomUUID() },
    );
    await buyer.get(`/v1/orders/${order.orderId}?waitFor=CONFIRMED&timeoutMs=10000`);
    expect(await cancel(buyer, order.orderId)).toMatchObject({ body: { status: 'CANCELLED', cancelReason: 'BUYER' } });
    const free = async () => (await buyer.get(`/v1/seats/availability?eventId=${freeEvent}`)).body.availableSeats;
    await expect.poll(free, { timeout: 10_000 }).toBe(10);
    await expectAllHolds();
  }, 60_000);
});

describe('a cancelled event', () => {
  it('gives up its orders, paid, open and being paid, and says why', async () => {
    const doomed = await makeEvent(organizer, HALL);
    const paid = await bought({ seatIds: [1, 2] }, doomed);
    const partly = await bought({ seatIds: [3, 4] }, doomed);
    await refund({ paymentId: partly.paymentId, ticketIds: [partly.tickets[0]?.ticketId], reason: 'One' });
    const [open, paying] = [someone(system, 'customer'), someone(system, 'customer')];
    const held = await open.send('POST', '/v1/seats/reserve', { eventId: doomed, seatIds: [5] });
    const { body: order } = await open.send(
      'POST',
      '/v1/orders',
      { reservationId: held.body.reservationId },
      { key: randomUUID() },
    );
    const late = await buy(paying, doomed, { seatIds: [6] }, 'tok_timeout_captured');
    await letProviderBe(true);
    const answer = await organizer.send('PUT', `/v1/events/${doomed}`, { status: 'CANCELLED' });
    expect(answer.status).toBe(200);
    await becomes(open, order.orderId, { status: 'CANCELLED', cancelReason: 'EVENT_CANCELLED' });
    await becomes(paying, late.order.orderId, { status: 'PAYMENT_PROCESSING', cancelReason: 'EVENT_CANCELLED' });
    for (const { buyer, orderId } of [paid, partly])
      await becomes(buyer, orderId, { status: 'REFUNDED', cancelReason: 'EVENT_CANCELLED' });
    await letProviderBe(false);
    await becomes(paying, late.order.orderId, { status: 'REFUNDED', cancelReason: 'EVENT_CANCELLED' });
    await ticketsAre(paid.buyer, paid.orderId, ['REVOKED', 'REVOKED']);
    await expectAllHolds();
  }, 90_000);
});
