import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ErrorCode } from '../../contracts/errors.ts';
import { newId } from '../../contracts/ids.ts';
import { ask, type Ask } from '../support/ask.ts';
import { buy, clientWith, makeEvent, type Answer, type Client } from '../support/buyer.ts';
import { expectProblem, HALL, idOf, TIME } from '../support/contract.ts';
import { startSystem, type TestSystem } from '../support/system.ts';

/** Seats, orders, payments and tickets as the API promises them. */

let system: TestSystem;
let buyer: { userId: string; token: string };
let stranger: { userId: string; token: string };
let admin: { userId: string; token: string };
let organizerClient: Client;
let eventId: string;

beforeAll(async () => {
  system = await startSystem();
  buyer = system.signIn('customer');
  stranger = system.signIn('customer');
  admin = system.signIn('admin');
  const organizer = system.signIn('organizer');
  organizerClient = clientWith(system.url, organizer.userId, organizer.token);
  eventId = await makeEvent(organizerClient, HALL, { maxTicketsPerUser: 100 });
});
afterAll(() => system.stop());

const call = (method: string, path: string, options: Ask = {}): Promise<Answer> => ask(system.url + path, method, options);
const get = (path: string, options: Ask = {}): Promise<Answer> => call('GET', path, options);

async function reserve(selection: object, token = buyer.token, headers: Record<string, string> = {}): Promise<Answer> {
  return call('POST', '/v1/seats/reserve', { token, headers, body: { eventId, ...selection } });
}

async function order(selection: object): Promise<any> {
  const { reservationId } = (await reserve(selection)).body;
  const headers = { 'idempotency-key': randomUUID() };
  return (await call('POST', '/v1/orders', { token: buyer.token, headers, body: { reservationId } })).body;
}

describe('seats', () => {
  it('are read as availability, status and map, each with its tag', async () => {
    const own = await makeEvent(organizerClient, HALL);
    const availability = await get(`/v1/seats/availability?eventId=${own}`);
    expect(availability.body).toEqual({
      ...{ eventId: own, version: expect.any(Number), totalSeats: 32, availableSeats: 32, reservedSeats: 0, allocatedSeats: 0 },
      blockedSeats: 0,
      seatsBySection: [
        { section: 'VIP', kind: 'SEATED', priceCents: 15_000, totalSeats: 12, availableSeats: 12 },
        { section: 'Floor', kind: 'GENERAL_ADMISSION', priceCents: 4_000, totalSeats: 20, availableSeats: 20 },
      ],
    });
    const map = await get(`/v1/seats/map?eventId=${own}`);
    expect(map.body).toMatchObject({ eventId: own, layoutVersion: expect.any(Number), sections: expect.any(Array) });
    for (const column of ['section', 'row', 'number', 'x', 'y']) expect(map.body.seats[column]).toHaveLength(12);
    const fixed = await get(`/v1/seats/map?eventId=${own}&layoutVersion=${map.body.layoutVersion}`);
    expect(fixed.headers.get('cache-control')).toContain('immutable');
    const status = await get(`/v1/seats/status?eventId=${own}`);
    expect(status.body).toEqual({ eventId: own, version: expect.any(Number), statuses: 'A'.repeat(12) });
    for (const [path, { headers }] of Object.entries({ availability, map, status })) {
      const again = await get(`/v1/seats/${path}?eventId=${own}`, { headers: { 'if-none-match': headers.get('etag') ?? '' } });
      expect([again.status, again.body], path).toEqual([304, '']);
    }
    const seat = { eventId: own, seatId: 3, section: 'VIP', row: 'A', number: 3, seatCode: 'VIP-A-3', priceCents: 15_000 };
    expect((await get(`/v1/seats/${own}/3`)).body).toEqual({ ...seat, status: 'AVAILABLE' });
  });

  it('are held by seats, codes, places or best available', async () => {
    const seat = (number: number) => ({
      ...{ seatId: number, section: 'VIP', row: 'A', number, seatCode: `VIP-A-${number}`, priceCents: 15_000 },
    });
    const held = (seats: object[], places: object[], totalCents: number) => ({
      ...{ reservationId: idOf('res'), eventId, userId: buyer.userId, seats, places, totalCents, currency: 'USD' },
      ...{ status: 'RESERVED', expiresAt: TIME, ttlSeconds: 900 },
    });
    const answers = [
      await reserve({ seatIds: [1, 2], userId: buyer.userId }),
      await reserve({ seatCodes: ['VIP-A-3'] }),
      await reserve({ places: [{ section: 'Floor', quantity: 2 }] }),
      await reserve({ bestAvailable: { quantity: 2, section: 'VIP', maxPriceCents: 15_000 } }),
    ];
    expect(answers.map(({ status }) => status)).toEqual([201, 201, 201, 201]);
    expect(answers.slice(0, 3).map(({ body }) => body)).toEqual([
      held([seat(1), seat(2)], [], 30_000),
      held([seat(3)], [], 15_000),
      held([], [{ section: 'Floor', quantity: 2, priceCents: 4_000 }], 8_000),
    ]);
    expect(answers[3]?.body.seats).toHaveLength(2);
    for (const [index, { body }] of answers.entries()) {
      const path = `/v1/seats/reservation/${body.reservationId}`;
      expect((await get(path, { token: buyer.token })).body).toEqual(body);
      const released =
        index % 2 === 0
          ? await call('DELETE', path, { token: buyer.token })
          : await call('POST', '/v1/seats/release', { token: buyer.token, body: { reservationId: body.reservationId } });
      expect([released.status, released.body.status]).toEqual([200, 'RELEASED']);
    }
  });

  it.each<[ErrorCode, object, object]>([
    ['SEAT_UNAVAILABLE', { seatIds: [11, 12] }, { unavailableSeatIds: [12] }],
    ['SEAT_NOT_FOUND', { seatIds: [12, 999] }, { seatIds: [999] }],
    ['SEAT_NOT_FOUND', { seatCodes: ['VIP-Z-1'] }, { seatCodes: ['VIP-Z-1'] }],
    ['SECTION_NOT_FOUND', { places: [{ section: 'Flor', quantity: 1 }] }, { section: 'Flor' }],
    ['SOLD_OUT', { places: [{ section: 'Floor', quantity: 21 }] }, { available: 20 }],
    ['TICKET_LIMIT_EXCEEDED', { bestAvailable: { quantity: 100 } }, { limit: 100, held: 1 }],
    ['SELECTION_INVALID', { seatIds: [11, 11] }, {}],
    ['EVENT_NOT_FOUND', { seatIds: [1], eventId: newId('event') }, {}],
    ['VALIDATION_FAILED', { seatIds: [] }, { errors: [{ path: '$.seatIds', message: expect.any(String) }] }],
    ['VALIDATION_FAILED', {}, {}],
    ['VALIDATION_FAILED', { seatIds: [1], seatCodes: ['VIP-A-1'] }, {}],
    ['VALIDATION_FAILED', { seat_ids: [1] }, { errors: [{ path: '$.seat_ids', hint: 'seatIds' }] }],
    ['FORBIDDEN', { seatIds: [1], userId: newId('user') }, {}],
  ])('are refused with %s: %j', async (code, selection, extensions) => {
    const other = system.signIn('customer');
    const first = await reserve({ seatIds: [12] }, other.token);
    const answer = await reserve(selection, other.token);
    expectProblem(answer, code);
    expect(answer.body).toMatchObject(extensions);
    await call('DELETE', `/v1/seats/reservation/${first.body.reservationId}`, { token: other.token });
  });

  it('are streamed from any version on, without gaps, or as a snapshot', async () => {
    const own = await makeEvent(organizerClient, HALL);
    const { version } = (await get(`/v1/seats/status?eventId=${own}`)).body;
    for (const seatId of [1, 2]) await reserve({ eventId: own, seatIds: [seatId] });
    const delta = (step: number) => [
      'delta',
      version + step,
      { version: version + step, changes: [[step, 'R']], sections: [{ section: 'VIP', availableSeats: 12 - step }] },
    ];
    expect(await frames(own, 2, `&version=${version}`)).toEqual([delta(1), delta(2)]);
    expect(await frames(own, 1, '', { 'last-event-id': String(version + 1) })).toEqual([delta(2)]);
    const snapshot = ['snapshot', version + 2, expect.objectContaining({ version: version + 2, statuses: 'RRAAAAAAAAAA' })];
    for (const lost of ['&version=0', `&version=${version + 9}`]) expect(await frames(own, 1, lost)).toEqual([snapshot]);
    expect(await frames(own, 1, '', { 'last-event-id': 'nonsense' })).toEqual([snapshot]);
  });

  /** The first events of a stream: name, id and data. */
  async function frames(of: string, count: number, query: string, headers: Record<string, string> = {}): Promise<unknown[]> {
    const stop = new AbortController();
    const answer = await fetch(`${system.url}/v1/seats/stream?eventId=${of}${query}`, { headers, signal: stop.signal });
    expect(answer.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
    expect(answer.headers.get('cache-control')).toBe('no-store');
    let text = '';
    const found = () => [...text.matchAll(/event: (.+)\nid: (.+)\ndata: (.+)\n\n/g)];
    const decoder = new TextDecoder();
    for await (const chunk of answer.body ?? []) {
      text += decoder.decode(chunk, { stream: true });
      if (found().length >= count) break;
    }
    stop.abort();
    return found().map(([, name, id, data]) => [name, Number(id), JSON.parse(data ?? '')]);
  }
});

describe('buying', () => {
  it('shows order, payment and tickets with all their fields', async () => {
    const client = clientWith(system.url, buyer.userId, buyer.token);
    const { order: made, charge, reservation } = await buy(client, eventId, { seatIds: [6] });
    const prices = { subtotalCents: 15_000, feeCents: 0, taxCents: 0, totalCents: 15_000, currency: 'USD' };
    const bought = {
      ...{ orderId: idOf('ord'), userId: buyer.userId, eventId, reservationId: reservation.reservationId, ...prices },
      items: [{ seatId: 6, seatCode: 'VIP-A-6', section: 'VIP', priceCents: 15_000 }],
      ...{ expiresAt: reservation.expiresAt, createdAt: TIME, updatedAt: TIME },
    };
    expect(made).toEqual({ ...bought, status: 'PENDING' });
    const paid = {
      ...{ paymentId: idOf('pay'), orderId: made.orderId, amountCents: 15_000, currency: 'USD', status: 'SUCCESS' },
      ...{ paymentMethod: 'CREDIT_CARD', transactionId: expect.any(String), idempotencyKey: expect.any(String), createdAt: TIME },
    };
    expect([charge.status, charge.body]).toEqual([201, paid]);
    const confirmed = await client.get(`/v1/orders/${made.orderId}?waitFor=CONFIRMED&timeoutMs=10000`);
    const { paymentId } = charge.body;
    expect(confirmed.body).toEqual({ ...bought, status: 'CONFIRMED', paymentId, confirmationNumber: expect.any(String) });
    expect((await client.get(`/v1/payments/${paymentId}`)).body).toMatchObject({ ...paid, refundedCents: 0 });
    const { body } = await client.get(`/v1/orders/${made.orderId}/tickets`);
    expect(body).toEqual({
      orderId: made.orderId,
      tickets: [
        {
          ...{ ticketId: idOf('tkt'), ticketCode: expect.any(String), orderId: made.orderId, eventId, section: 'VIP', seatId: 6 },
          ...{ seatCode: 'VIP-A-6', qrPayload: expect.any(String), status: 'VALID', issuedAt: TIME },
        },
      ],
    });
    const [ticket] = body.tickets;
    expect((await client.get('/v1/tickets?limit=1')).body.items).toEqual([ticket]);
    expect((await client.get('/v1/orders?limit=1')).body.items).toEqual([confirmed.body]);
    const owned = [`/v1/orders/${made.orderId}`, `/v1/orders/${made.orderId}/tickets`, `/v1/tickets/${ticket.ticketId}/qr.svg`];
    owned.push(`/v1/payments/${paymentId}`, `/v1/seats/reservation/${reservation.reservationId}`);
    for (const path of owned) {
      expect((await get(path, { token: stranger.token })).status, path).toBe(404);
      expect((await get(path)).status, path).toBe(401);
      expect((await get(path, { token: admin.token })).status, path).toBe(200);
    }
    expect((await call('POST', `/v1/orders/${made.orderId}/cancel`, { token: stranger.token })).status).toBe(404);
  });

  it('tells a decline with its reason, and a paid order from a payable one', async () => {
    const made = await order({ seatIds: [7] });
    const { orderId, totalCents: amountCents, currency } = made;
    const charge = (change: object) =>
      call('POST', '/v1/charge', {
        token: buyer.token,
        headers: { 'idempotency-key': randomUUID() },
        body: { orderId, amountCents, currency, paymentMethod: 'UPI', ...change },
      });
    expectProblem(await charge({ amountCents: 1 }), 'AMOUNT_MISMATCH');
    expectProblem(await charge({ paymentMethod: 'CASH' }), 'VALIDATION_FAILED');
    expectProblem(await charge({ orderId: newId('order') }), 'ORDER_NOT_FOUND');
    const declined = await charge({ paymentToken: 'tok_card_declined' });
    expectProblem(declined, 'PAYMENT_DECLINED');
    expect(declined.body).toMatchObject({ paymentId: idOf('pay'), failureReason: 'CARD_DECLINED', retryable: false });
    expect((await charge({ paymentToken: 'tok_success' })).status).toBe(201);
    expectProblem(await charge({ paymentToken: 'tok_success' }), 'ORDER_NOT_PAYABLE');
  });

  it('has one order per reservation', async () => {
    const made = await order({ seatIds: [8] });
    const headers = { 'idempotency-key': randomUUID() };
    const body = { reservationId: made.reservationId };
    const second = await call('POST', '/v1/orders', { token: buyer.token, headers, body });
    expectProblem(second, 'ORDER_EXISTS');
    expect(second.body.orderId).toBe(made.orderId);
    const other = await call('POST', '/v1/orders', { token: stranger.token, headers, body });
    expectProblem(other, 'RESERVATION_NOT_FOUND');
  });
});

describe('an Idempotency-Key', () => {
  const routes: [string, () => Promise<{ body: object; other: object }>][] = [
    ['/v1/seats/reserve', async () => ({ body: { eventId, seatIds: [9] }, other: { eventId, seatIds: [10] } })],
    [
      '/v1/orders',
      async () => {
        const { reservationId } = (await reserve({ seatIds: [10] })).body;
        return { body: { reservationId }, other: { reservationId: newId('reservation') } };
      },
    ],
    [
      '/v1/charge',
      async () => {
        const { orderId, totalCents: amountCents, currency } = await order({ seatIds: [11] });
        const body = { orderId, amountCents, currency, paymentMethod: 'WALLET', paymentToken: 'tok_success' };
        return { body, other: { ...body, paymentMethod: 'UPI' } };
      },
    ],
  ];

  it.each(routes)('does %s once, whatever comes twice or together', async (path, make) => {
    const { body, other } = await make();
    const post = (key: string | null, sent = body) =>
      call('POST', path, { token: buyer.token, body: sent, headers: key === null ? {} : { 'idempotency-key': key } });
    if (path !== '/v1/seats/reserve') expectProblem(await post(null), 'IDEMPOTENCY_KEY_REQUIRED');
    expectProblem(await post('k'.repeat(256)), 'IDEMPOTENCY_KEY_INVALID');
    const key = randomUUID();
    const answers = await Promise.all([post(key), post(key), post(key)]);
    for (const answer of answers.filter(({ status }) => status === 409)) expectProblem(answer, 'IDEMPOTENCY_IN_FLIGHT');
    const done = answers.filter(({ status }) => status === 201);
    expect(done.filter(({ headers }) => !headers.has('idempotent-replayed'))).toHaveLength(1);
    const replayed = await post(key);
    expect(replayed.headers.get('idempotent-replayed')).toBe('true');
    for (const answer of [...done, replayed]) expect(answer.body).toEqual(done[0]?.body);
    expectProblem(await post(key, other), 'IDEMPOTENCY_KEY_REUSED');
  });
});
