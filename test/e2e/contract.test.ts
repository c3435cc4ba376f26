import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ERRORS } from '../../contracts/errors.ts';
import { newId } from '../../contracts/ids.ts';
import { ask, type Ask } from '../support/ask.ts';
import { buy, clientWith, makeEvent, type Answer, type Client } from '../support/buyer.ts';
import { startSystem, type TestSystem } from '../support/system.ts';

/** The API as it is promised, seen from outside. What is asserted here stands in the product's description of its API. */

const HALL = [
  { section: 'VIP', kind: 'SEATED', priceCents: 15_000, rows: [{ row: 'A', seats: 12 }] },
  { section: 'Floor', kind: 'GENERAL_ADMISSION', priceCents: 4_000, capacity: 20 },
];
const TIME = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
const idOf = (prefix: string) =>
  expect.stringMatching(new RegExp(`^${prefix}_[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`));

let system: TestSystem;
let organizer: { userId: string; token: string };
let buyer: { userId: string; token: string };
let stranger: { userId: string; token: string };
let admin: { userId: string; token: string };
let organizerClient: Client;
let eventId: string;

beforeAll(async () => {
  system = await startSystem();
  organizer = system.signIn('organizer');
  buyer = system.signIn('customer');
  stranger = system.signIn('customer');
  admin = system.signIn('admin');
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

function expectProblem(answer: Answer, code: keyof typeof ERRORS): void {
  const { status, title } = ERRORS[code];
  expect(answer.body).toMatchObject({ type: `/docs#${code}`, title, status, code, detail: expect.stringMatching(/\w+ \w+/) });
  expect(answer.body.traceId).toMatch(/^[0-9a-f]{32}$/);
  expect(answer.status).toBe(status);
  expect(answer.headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
  expect(answer.headers.get('cache-control')).toBe('no-store');
  expect(answer.headers.has('retry-after')).toBe([429, 503].includes(status) || code === 'IDEMPOTENCY_IN_FLIGHT');
}

describe('users', () => {
  const name = `ada${randomUUID().slice(0, 8)}`;
  const account = { username: name, email: `${name}@example.org`, password: 'a long password', firstName: 'Ada', lastName: 'L' };
  const user = {
    userId: idOf('usr'),
    ...{ username: name, email: account.email, firstName: 'Ada', lastName: 'L' },
    ...{ roles: ['customer'], membership: 'REGULAR', accountStatus: 'ACTIVE', createdAt: TIME },
  };

  it('register, sign in by either name, and see themselves', async () => {
    const registered = await call('POST', '/v1/users/register', { body: account });
    expect([registered.status, registered.body]).toEqual([201, user]);
    for (const by of [{ username: name.toUpperCase() }, { email: account.email }]) {
      const login = await call('POST', '/v1/users/login', { body: { ...by, password: account.password } });
      expect([login.status, login.body]).toEqual([
        200,
        {
          ...{ accessToken: expect.any(String), refreshToken: expect.any(String), tokenType: 'Bearer', expiresIn: 3600 },
          ...{ sessionId: idOf('ses'), user },
        },
      ]);
      expect((await get('/v1/users/me', { token: login.body.accessToken })).body).toEqual(user);
    }
  });

  it.each<[string, string, object, keyof typeof ERRORS]>([
    ['register', 'a taken username', { ...account, email: 'other@example.org' }, 'USERNAME_TAKEN'],
    ['register', 'a taken address', { ...account, username: `${name}x` }, 'EMAIL_TAKEN'],
    ['register', 'a role of one’s own choice', { ...account, roles: ['admin'] }, 'VALIDATION_FAILED'],
    ['register', 'a short password', { ...account, password: 'short' }, 'VALIDATION_FAILED'],
    ['login', 'a wrong password', { username: name, password: 'wrong' }, 'INVALID_CREDENTIALS'],
    ['login', 'nobody', { email: 'nobody@example.org', password: 'wrong' }, 'INVALID_CREDENTIALS'],
    ['login', 'no name', { password: 'wrong' }, 'VALIDATION_FAILED'],
    ['login', 'two names', { username: name, email: account.email, password: 'wrong' }, 'VALIDATION_FAILED'],
  ])('%s refuses %s', async (route, _what, body, code) => {
    expectProblem(await call('POST', `/v1/users/${route}`, { body }), code);
  });
});

describe('the catalog', () => {
  const place = { name: 'Hall', address: 'Canal 1', city: 'Utrecht', country: 'NL', capacity: 500, venueType: 'ARENA' };
  const venue = { ...place, timezone: 'Europe/Amsterdam', facilities: { bars: 2 }, state: 'UT', postalCode: '3500' };

  it('makes venues and events and shows all their fields', async () => {
    const made = await call('POST', '/v1/venues', { token: organizer.token, body: venue });
    expect([made.status, made.body]).toEqual([201, { venueId: idOf('ven'), organizerId: organizer.userId, ...venue }]);
    expect((await get(made.headers.get('location') ?? '')).body).toEqual(made.body);
    const { venueId } = made.body;
    const startDate = new Date(Date.now() + 86_400_000).toISOString();
    const endDate = new Date(Date.now() + 90_000_000).toISOString();
    const sent = { venueId, name: 'Gala', eventType: 'THEATER', startDate, endDate, basePriceCents: 900, currency: 'EUR' };
    const event = await call('POST', '/v1/events', { token: organizer.token, body: sent });
    expect([event.status, event.body]).toEqual([
      201,
      {
        ...{ eventId: idOf('evt'), venueName: 'Hall', city: 'Utrecht', description: '', status: 'UPCOMING', totalSeats: 0 },
        ...{ availableSeats: 0, onSaleAt: TIME, timezone: 'Europe/Amsterdam', organizerId: organizer.userId, revision: 1 },
        ...{ holdTtlSeconds: null, maxTicketsPerUser: 10, ...sent },
      },
    ]);
    expect((await get(`/v1/events/${event.body.eventId}`)).body).toEqual(event.body);
  });

  it('lists page by page without losing or repeating any', async () => {
    const all = (await get('/v1/events?limit=100')).body;
    expect(all.nextCursor).toBeNull();
    const seen: string[] = [];
    for (let cursor = ''; ;) {
      const { items, nextCursor } = (await get(`/v1/events?limit=1${cursor}`)).body;
      seen.push(...items.map((event: { eventId: string }) => event.eventId));
      if (nextCursor === null) break;
      cursor = `&cursor=${encodeURIComponent(nextCursor)}`;
    }
    expect(seen).toEqual(all.items.map((event: { eventId: string }) => event.eventId));
  });

  it('searches and says by what', async () => {
    const { status, body } = await get('/v1/events/search?q=gala&city=utrecht&eventType=THEATER&status=UPCOMING&limit=5');
    const filtersApplied = { q: 'gala', city: 'utrecht', eventType: 'THEATER', status: 'UPCOMING' };
    expect([status, body]).toEqual([
      200,
      { items: [expect.objectContaining({ name: 'Gala' })], nextCursor: null, totalCount: 1, filtersApplied },
    ]);
  });
});

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

  it.each<[keyof typeof ERRORS, object, object]>([
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

describe('every route', () => {
  it.each<[keyof typeof ERRORS, string, string, Ask]>([
    ['ROUTE_NOT_FOUND', 'GET', '/v1/nothing', {}],
    ['ROUTE_NOT_FOUND', 'GET', `/internal/events/${newId('event')}`, {}],
    ['ROUTE_NOT_FOUND', 'POST', '/internal/allocations', { body: {} }],
    ['METHOD_NOT_ALLOWED', 'PATCH', '/v1/users/me', {}],
    ['METHOD_NOT_ALLOWED', 'DELETE', '/v1/charge', {}],
    ['UNAUTHENTICATED', 'POST', '/v1/seats/reserve', { body: {} }],
    ['UNAUTHENTICATED', 'GET', '/v1/orders', { headers: { authorization: 'Bearer nonsense' } }],
    ['UNAUTHENTICATED', 'GET', '/v1/users/me', { headers: { authorization: 'Basic YTpi' } }],
    ['VALIDATION_FAILED', 'GET', '/v1/events?limit=0', {}],
    ['VALIDATION_FAILED', 'GET', '/v1/events?limit=101', {}],
    ['VALIDATION_FAILED', 'GET', '/v1/events?limit=1&limit=2', {}],
    ['VALIDATION_FAILED', 'GET', '/v1/events?cursor=nonsense', {}],
    ['VALIDATION_FAILED', 'GET', '/v1/venues?cursor=nonsense', {}],
    ['VALIDATION_FAILED', 'GET', '/v1/venues?name=x', {}],
    ['VALIDATION_FAILED', 'GET', '/v1/seats/status', {}],
    ['VALIDATION_FAILED', 'POST', '/v1/users/login', { body: '', headers: { 'content-type': 'application/json' } }],
    ['MALFORMED_JSON', 'POST', '/v1/users/login', { body: '{"username":' }],
    ['UNSUPPORTED_MEDIA_TYPE', 'POST', '/v1/users/login', { body: 'a=b', headers: { 'content-type': 'text/plain' } }],
    ['PAYLOAD_TOO_LARGE', 'POST', '/v1/users/login', { body: { username: 'x'.repeat(65_536), password: 'x' } }],
    ['EVENT_NOT_FOUND', 'GET', `/v1/events/${newId('event')}`, {}],
    ['EVENT_NOT_FOUND', 'GET', '/v1/events/nonsense', {}],
    ['VENUE_NOT_FOUND', 'GET', `/v1/venues/${newId('venue')}`, {}],
    ['EVENT_NOT_FOUND', 'GET', `/v1/seats/availability?eventId=${newId('event')}`, {}],
    ['EVENT_NOT_FOUND', 'GET', `/v1/seats/stream?eventId=${newId('event')}`, {}],
  ])('answers %s to %s %s', async (code, method, path, options) => expectProblem(await call(method, path, options), code));

  it('says which methods a path takes', async () => {
    const answer = await call('DELETE', '/v1/venues');
    expect(answer.headers.get('allow')).toBe('GET, HEAD, POST');
    expect((await call('HEAD', `/v1/seats/stream?eventId=${eventId}`)).headers.get('allow')).toBe('GET');
  });

  it.each([
    ['POST', '/v1/venues'],
    ['POST', '/v1/events'],
    ['PUT', `/v1/events/${newId('event')}`],
    ['POST', '/v1/seats/bulk'],
    ['PUT', '/v1/seats/sections'],
    ['PUT', '/v1/seats/block'],
    ['PUT', '/v1/seats/unblock'],
    ['GET', '/v1/payments'],
  ])('lets only some do %s %s', async (method, path) => {
    const body = method === 'GET' ? {} : { body: {} };
    expectProblem(await call(method, path, body), 'UNAUTHENTICATED');
    expectProblem(await call(method, path, { ...body, token: buyer.token }), 'FORBIDDEN');
  });

  it('lets an organizer manage their own events only', async () => {
    const other = system.signIn('organizer');
    const sections = [{ section: 'X', kind: 'GENERAL_ADMISSION', priceCents: 1, capacity: 1 }];
    for (const [method, path, body] of [
      ['PUT', `/v1/events/${eventId}`, { name: 'Mine now' }],
      ['POST', '/v1/seats/bulk', { eventId, sections }],
      ['PUT', '/v1/seats/sections', { eventId, section: 'VIP', priceCents: 1 }],
      ['PUT', '/v1/seats/block', { eventId, seatIds: [1] }],
    ] as const)
      expectProblem(await call(method, path, { token: other.token, body }), 'FORBIDDEN');
  });

  it('keeps request ids and traces, and sends security headers', async () => {
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    const { headers, body } = await get('/v1/nothing', { headers: { 'x-request-id': 'my.id-1', traceparent } });
    expect([headers.get('x-request-id'), body.traceId]).toEqual(['my.id-1', '0af7651916cd43dd8448eb211c80319c']);
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('content-security-policy')).toContain("default-src 'none'");
    const page = await get('/');
    expect(page.headers.get('content-security-policy')).toMatch(/script-src 'self'(;|$)/);
    expect(page.headers.get('x-frame-options')).toBe('DENY');
  });
});

describe('the description of the API', () => {
  const ROUTES = `post /v1/users/register|post /v1/users/login|get /v1/users/me|get /v1/venues|post /v1/venues|get /v1/venues/{venueId}|
    get /v1/events|post /v1/events|get /v1/events/search|get /v1/events/{eventId}|put /v1/events/{eventId}|post /v1/seats/bulk|
    put /v1/seats/sections|get /v1/seats/availability|get /v1/seats/map|get /v1/seats/status|get /v1/seats/stream|
    get /v1/seats/{eventId}/{seatId}|post /v1/seats/reserve|get /v1/seats/reservation/{reservationId}|
    delete /v1/seats/reservation/{reservationId}|post /v1/seats/release|put /v1/seats/block|put /v1/seats/unblock|post /v1/orders|
    get /v1/orders|get /v1/orders/{id}|post /v1/orders/{id}/cancel|get /v1/orders/{id}/tickets|get /v1/tickets|
    get /v1/tickets/{id}/qr.svg|post /v1/charge|get /v1/payments/{id}|get /v1/payments`;

  it('has every public route and no other', async () => {
    const { paths, openapi } = (await get('/openapi.json')).body;
    expect(openapi).toMatch(/^3\.1\./);
    const described = Object.entries<object>(paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method} ${path}`),
    );
    expect(described).toEqual(expect.arrayContaining(ROUTES.split('|').map((route) => route.trim())));
    expect(described.filter((route) => !route.includes(' /v1/'))).toEqual([]);
  });

  it('says of each what it needs, takes and answers', async () => {
    const { paths } = (await get('/openapi.json')).body;
    for (const [path, methods] of Object.entries<Record<string, any>>(paths)) {
      for (const [method, operation] of Object.entries(methods)) {
        const route = `${method} ${path}`;
        expect(operation.summary, route).toEqual(expect.any(String));
        expect(Object.keys(operation.responses.default.content), route).toEqual(['application/problem+json']);
        const named = (operation.parameters ?? []).filter((one: any) => one.in === 'path').map((one: any) => `{${one.name}}`);
        expect(path.match(/\{\w+\}/g) ?? [], route).toEqual(named);
        const answer = await call(method.toUpperCase(), path.replaceAll(/\{\w+\}/g, 'x'), method === 'get' ? {} : { body: {} });
        expect(answer.status === 401, `${route} needs a user`).toBe(operation.security !== undefined);
      }
    }
    const key = paths['/v1/charge'].post.parameters.find((one: any) => one.name === 'Idempotency-Key');
    expect(key).toMatchObject({ in: 'header', required: true });
  });

  it('has a page for people, and the system says how it is', async () => {
    const page = await get('/docs');
    expect(page.headers.get('content-type')).toContain('text/html');
    for (const code of Object.keys(ERRORS)) expect(page.body).toContain(`id="${code}"`);
    expect((await get('/health/live')).status).toBe(200);
    const ready = await get('/health/ready');
    expect(ready.status).toBe(200);
    const names = ready.body.checks.map((check: { name: string }) => check.name);
    expect(names).toEqual(expect.arrayContaining(['gateway', 'users', 'catalog', 'seating', 'orders', 'payments']));
    expect((await get('/health')).body.status).toBe('up');
    expect((await get('/metrics')).body).toMatch(/^onsale_http_request_seconds_count\{/m);
  });
});

describe('the rate limit', () => {
  it('answers 429 and when to come back, to each user for themselves', async () => {
    const limited = await startSystem({ settings: { RATE_LIMIT_PER_MINUTE: '2' } });
    try {
      const { token } = limited.signIn('customer');
      const answers: Answer[] = [];
      for (let i = 0; i < 2; i++) answers.push(await ask(`${limited.url}/v1/events`, 'GET', { token }));
      expect(answers.map(({ status }) => status)).toEqual([200, 200]);
      expectProblem(await ask(`${limited.url}/v1/events`, 'GET', { token }), 'RATE_LIMITED');
      expect((await ask(`${limited.url}/v1/events`, 'GET', { token: limited.signIn('customer').token })).status).toBe(200);
    } finally {
      await limited.stop();
    }
  });
});
