import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pino } from 'pino';
import type { FastifyInstance } from 'fastify';
import { newId } from '../../../contracts/ids.ts';
import type { Role } from '../../../platform/auth/identity.ts';
import { createRevocations } from '../../../platform/auth/revocations.ts';
import { systemClock } from '../../../platform/clock.ts';
import { loadSettings } from '../../../platform/config/settings.ts';
import { ApiError } from '../../../platform/http/api-error.ts';
import { createServer } from '../../../platform/http/server.ts';
import { sql } from '../../../platform/postgres/database.ts';
import { createMetrics } from '../../../platform/telemetry/metrics.ts';
import { testDatabase, type TestDatabase } from '../../../test/support/postgres.ts';
import { seating } from '../service.ts';
import { MIGRATIONS } from '../test-sale.ts';

let db: TestDatabase;
let app: FastifyInstance;
let internal: FastifyInstance;
let origin: string;
const organizer = newId('user');
const events = new Map<string, Record<string, unknown>>();
const logger = pino({ level: 'silent' });

beforeAll(async () => {
  db = await testDatabase(MIGRATIONS, { poolSize: 8 });
  const service = seating.create({
    settings: loadSettings({ DATABASE_URL: db.connectionString, JWT_SECRET: 'j'.repeat(32), INTERNAL_SECRET: 'i'.repeat(32) }),
    database: db.database,
    wakeRelay: () => undefined,
    services: { call: async <T>(_service: string, path: string) => catalogAnswer(path) as T },
    revocations: createRevocations(),
    logger,
    metrics: createMetrics(),
    clock: systemClock,
  });
  app = server(true);
  internal = server(false);
  service.publicRoutes?.(app);
  service.internalRoutes?.(internal);
  origin = await app.listen({ port: 0, host: '127.0.0.1' });
});
afterAll(async () => {
  await app.close();
  await internal.close();
  await db.drop();
});

/** Whoever the test says asks: `x-user: <userId> <roles>`. */
function server(isPublic: boolean): FastifyInstance {
  return createServer({
    logger,
    metrics: createMetrics(),
    public: isPublic,
    identify(headers) {
      const [userId, ...roles] = String(headers['x-user'] ?? '').split(' ');
      const identity = userId ? { kind: 'user' as const, userId, sessionId: 'ses', roles: roles as Role[] } : null;
      return { identity, callingService: isPublic ? null : 'orders', refusal: null };
    },
  });
}

function catalogAnswer(path: string): unknown {
  const event = events.get(path.split('/').at(-1) ?? '');
  if (!event) throw new ApiError('EVENT_NOT_FOUND', 'There is no such event.');
  return event;
}

function newEvent(options: { status?: string; maxTicketsPerUser?: number } = {}): string {
  const eventId = newId('event');
  const at = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString();
  events.set(eventId, {
    eventId,
    revision: 1,
    organizerId: organizer,
    status: 'UPCOMING',
    currency: 'USD',
    onSaleAt: at(-1),
    offSaleAt: null,
    endDate: at(2),
    holdTtlSeconds: 60,
    maxTicketsPerUser: 10,
    ...options,
  });
  return eventId;
}

async function send(method: 'GET' | 'POST' | 'PUT' | 'DELETE', url: string, body?: unknown, user = '', headers = {}) {
  const answer = await app.inject({
    method,
    url,
    headers: { ...(user ? { 'x-user': user } : {}), ...headers },
    ...(body === undefined ? {} : { payload: body as object }),
  });
  return { status: answer.statusCode, headers: answer.headers, body: answer.body ? answer.json() : null };
}

const asOrganizer = `${organizer} organizer`;
const SECTIONS = [
  {
    section: 'VIP',
    kind: 'SEATED',
    priceCents: 15_000,
    rows: [
      { row: 'A', seats: 10 },
      { row: 'B', seats: 10 },
    ],
  },
  { section: 'Floor', kind: 'GENERAL_ADMISSION', priceCents: 5_000, capacity: 30 },
];

async function eventOnSale(options = {}): Promise<string> {
  const eventId = newEvent(options);
  expect(await send('POST', '/v1/seats/bulk', { eventId, sections: SECTIONS }, asOrganizer)).toMatchObject({ status: 201 });
  return eventId;
}

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
    expect(await send('POST', '/v1/seats/bulk', body, `${organizer} customer`)).toMatchObject({ status: 403 });
    expect(await send('POST', '/v1/seats/bulk', body)).toMatchObject({ status: 401 });
    const unknown = { ...body, eventId: newId('event') };
    expect(await send('POST', '/v1/seats/bulk', unknown, asOrganizer)).toMatchObject({
      status: 404,
      body: { code: 'EVENT_NOT_FOUND' },
    });
  });
});

describe('POST /v1/seats/reserve', () => {
  it('answers the hold with its seats, prices and end', async () => {
    const eventId = await eventOnSale();
    const userId = newId('user');
    const { status, body } = await send('POST', '/v1/seats/reserve', { eventId, seatCodes: ['VIP-A-3', 'VIP-B-1'] }, userId);
    expect(status).toBe(201);
    expect(body).toEqual({
      reservationId: expect.stringMatching(/^res_/),
      eventId,
      userId,
      seats: [
        { seatId: 3, section: 'VIP', row: 'A', number: 3, seatCode: 'VIP-A-3', priceCents: 15_000 },
        { seatId: 11, section: 'VIP', row: 'B', number: 1, seatCode: 'VIP-B-1', priceCents: 15_000 },
      ],
      places: [],
      totalCents: 30_000,
      currency: 'USD',
      status: 'RESERVED',
      expiresAt: expect.stringMatching(/^\d{4}-.*Z$/),
      ttlSeconds: 60,
    });
    expect(await send('GET', `/v1/seats/reservation/${body.reservationId}`, undefined, userId)).toMatchObject({
      status: 200,
      body,
    });
  });

  it('refuses with a code and what is wrong', async () => {
    const eventId = await eventOnSale({ maxTicketsPerUser: 2 });
    const user = newId('user');
    await send('POST', '/v1/seats/reserve', { eventId, seatIds: [5] }, newId('user'));
    const ask = (body: object) => send('POST', '/v1/seats/reserve', { eventId, ...body }, user);
    expect(await ask({ seatIds: [4, 5] })).toMatchObject({
      status: 409,
      body: { code: 'SEAT_UNAVAILABLE', unavailableSeatIds: [5] },
    });
    expect(await ask({ seatIds: [1, 2, 3] })).toMatchObject({ status: 409, body: { code: 'TICKET_LIMIT_EXCEEDED' } });
    expect(await ask({ seatIds: [21] })).toMatchObject({ status: 404, body: { code: 'SEAT_NOT_FOUND' } });
    expect(await ask({ seatCodes: ['VIP-A-99'] })).toMatchObject({ status: 404, body: { code: 'SEAT_NOT_FOUND' } });
    expect(await ask({ seatIds: [1, 1] })).toMatchObject({ status: 422, body: { code: 'SELECTION_INVALID' } });
    expect(await ask({})).toMatchObject({ status: 400, body: { code: 'VALIDATION_FAILED' } });
    expect(await ask({ seatIds: [1], places: [{ section: 'Floor', quantity: 1 }] })).toMatchObject({ status: 400 });
    expect(await ask({ seat_ids: [1] })).toMatchObject({
      status: 400,
      body: { errors: [{ hint: expect.stringContaining('seatIds') }] },
    });
    expect(await ask({ seatIds: [1], userId: newId('user') })).toMatchObject({ status: 403 });
    expect(await send('POST', '/v1/seats/reserve', { eventId, seatIds: [1] })).toMatchObject({ status: 401 });
    const unknown = { eventId: newId('event'), seatIds: [1] };
    expect(await send('POST', '/v1/seats/reserve', unknown, user)).toMatchObject({
      status: 404,
      body: { code: 'EVENT_NOT_FOUND' },
    });
  });

  it('repeats the first answer to the same Idempotency-Key', async () => {
    const eventId = await eventOnSale();
    const user = newId('user');
    const ask = () => send('POST', '/v1/seats/reserve', { eventId, seatIds: [1] }, user, { 'idempotency-key': 'once' });
    const first = await ask();
    const second = await ask();
    expect(second.body).toEqual(first.body);
    expect(second.headers['idempotent-replayed']).toBe('true');
    expect(first.headers['idempotent-replayed']).toBeUndefined();
  });
});

describe('reading seats', () => {
  it('shows what changed at once to whoever reserved', async () => {
    const eventId = await eventOnSale();
    await send('POST', '/v1/seats/reserve', { eventId, seatIds: [2] }, newId('user'));
    await send('POST', '/v1/seats/reserve', { eventId, places: [{ section: 'Floor', quantity: 3 }] }, newId('user'));
    const status = await send('GET', `/v1/seats/status?eventId=${eventId}`);
    expect(status.body.statuses).toBe(`AR${'A'.repeat(18)}`);
    const availability = await send('GET', `/v1/seats/availability?eventId=${eventId}`);
    expect(availability.body).toMatchObject({
      version: status.body.version,
      totalSeats: 50,
      availableSeats: 46,
      reservedSeats: 4,
    });
    expect(availability.body.seatsBySection.map((section: { availableSeats: number }) => section.availableSeats)).toEqual([
      19, 27,
    ]);
    expect(await send('GET', `/v1/seats/${eventId}/2`)).toMatchObject({ body: { seatCode: 'VIP-A-2', status: 'RESERVED' } });
  });

  it('answers 304 until something changes', async () => {
    const eventId = await eventOnSale();
    for (const url of [`/v1/seats/status?eventId=${eventId}`, `/v1/seats/availability?eventId=${eventId}`]) {
      const etag = String((await send('GET', url)).headers['etag']);
      expect(await send('GET', url, undefined, '', { 'if-none-match': etag })).toMatchObject({ status: 304 });
      await send('POST', '/v1/seats/reserve', { eventId, bestAvailable: { quantity: 1 } }, newId('user'));
      expect(await send('GET', url, undefined, '', { 'if-none-match': etag })).toMatchObject({ status: 200 });
    }
  });

  it('has the map as columns, cacheable for good under its version', async () => {
    const eventId = await eventOnSale();
    const { body, headers } = await send('GET', `/v1/seats/map?eventId=${eventId}`);
    expect(body.seats.number).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    expect(body.seats.row.slice(8, 12)).toEqual(['A', 'A', 'B', 'B']);
    expect(body.seats.x).toHaveLength(20);
    expect(headers['cache-control']).toBe('no-cache');
    const pinned = await send('GET', `/v1/seats/map?eventId=${eventId}&layoutVersion=${body.layoutVersion}`);
    expect(pinned.headers['cache-control']).toContain('immutable');
  });

  it('shows a draft to its organizer only', async () => {
    const eventId = await eventOnSale({ status: 'DRAFT' });
    const url = `/v1/seats/availability?eventId=${eventId}`;
    expect(await send('GET', url)).toMatchObject({ status: 404 });
    expect(await send('GET', url, undefined, `${newId('user')} organizer`)).toMatchObject({ status: 404 });
    expect(await send('GET', url, undefined, asOrganizer)).toMatchObject({ status: 200 });
    for (const choice of [{ seatIds: [1] }, { seatCodes: ['VIP-A-1'] }, { seatCodes: ['no such seat'] }])
      expect(await send('POST', '/v1/seats/reserve', { eventId, ...choice }, newId('user'))).toMatchObject({
        status: 404,
        body: { code: 'EVENT_NOT_FOUND' },
      });
    const own = await send('POST', '/v1/seats/reserve', { eventId, seatIds: [1] }, asOrganizer);
    expect(own).toMatchObject({ status: 409, body: { code: 'SALE_NOT_OPEN' } });
  });
});

describe('managing seats', () => {
  it('changes a price for later reservations only', async () => {
    const eventId = await eventOnSale();
    const user = newId('user');
    const before = await send('POST', '/v1/seats/reserve', { eventId, seatIds: [1] }, user);
    expect(await send('PUT', '/v1/seats/sections', { eventId, section: 'VIP', priceCents: 9_900 }, asOrganizer)).toMatchObject({
      status: 200,
      body: { section: 'VIP', priceCents: 9_900, availableSeats: 19 },
    });
    const after = await send('POST', '/v1/seats/reserve', { eventId, seatIds: [2] }, user);
    expect([before.body.totalCents, after.body.totalCents]).toEqual([15_000, 9_900]);
    const again = await send('GET', `/v1/seats/reservation/${before.body.reservationId}`, undefined, user);
    expect(again.body.totalCents).toBe(15_000);
  });

  it('never lets a capacity go below what is reserved', async () => {
    const eventId = await eventOnSale();
    await send('POST', '/v1/seats/reserve', { eventId, places: [{ section: 'Floor', quantity: 8 }] }, newId('user'));
    const edit = (capacity: number) => send('PUT', '/v1/seats/sections', { eventId, section: 'Floor', capacity }, asOrganizer);
    expect(await edit(7)).toMatchObject({ status: 409, body: { code: 'CAPACITY_IN_USE', inUse: 8 } });
    expect(await edit(8)).toMatchObject({ status: 200, body: { availableSeats: 0, totalSeats: 8 } });
    expect(await send('GET', `/v1/seats/availability?eventId=${eventId}`)).toMatchObject({
      body: { totalSeats: 28, availableSeats: 20 },
    });
  });

  it('blocks and unblocks for the organizer only', async () => {
    const eventId = await eventOnSale();
    const body = { eventId, seatIds: [1, 2] };
    expect(await send('PUT', '/v1/seats/block', body, newId('user'))).toMatchObject({ status: 403 });
    expect(await send('PUT', '/v1/seats/block', body, asOrganizer)).toMatchObject({ status: 200 });
    expect((await send('GET', `/v1/seats/status?eventId=${eventId}`)).body.statuses).toMatch(/^BBA/);
    expect(await send('PUT', '/v1/seats/unblock', body, asOrganizer)).toMatchObject({ status: 200 });
    expect((await send('GET', `/v1/seats/status?eventId=${eventId}`)).body.statuses).toMatch(/^AAA/);
  });
});

describe('the stream of seat changes', () => {
  it('brings every version once and in order, from the one asked for', async () => {
    const eventId = await eventOnSale();
    const start = (await send('GET', `/v1/seats/status?eventId=${eventId}`)).body;
    await send('POST', '/v1/seats/reserve', { eventId, seatIds: [1] }, newId('user'));
    const stream = await follow(`/v1/seats/stream?eventId=${eventId}&version=${start.version}`);
    const expected = [...start.statuses];
    for (let seatId = 2; seatId <= 10; seatId++)
      await send('POST', '/v1/seats/reserve', { eventId, seatIds: [seatId] }, newId('user'));
    const deltas = await stream.take(10);
    stream.stop();
    expect(deltas.map((delta) => [delta.event, delta.data.version])).toEqual(
      deltas.map((_, index) => ['delta', start.version + 1 + index]),
    );
    for (const { data } of deltas) for (const [seatId, letter] of data.changes ?? []) expected[seatId - 1] = letter;
    expect(expected.join('')).toBe((await send('GET', `/v1/seats/status?eventId=${eventId}`)).body.statuses);
    expect(deltas.at(-1)?.data.sections).toEqual([{ section: 'VIP', availableSeats: 10 }]);
  });

  it('sends a snapshot to a reader from a version that is no longer known', async () => {
    const eventId = await eventOnSale();
    const stream = await follow(`/v1/seats/stream?eventId=${eventId}`, { 'last-event-id': '999' });
    const [first] = await stream.take(1);
    stream.stop();
    expect(first).toMatchObject({ event: 'snapshot', data: { version: 1, statuses: 'A'.repeat(20) } });
  });
});

type StreamEvent = { event: string; data: { version: number; changes?: [number, string][]; sections?: unknown } };

async function follow(path: string, headers: Record<string, string> = {}) {
  const abort = new AbortController();
  const answer = await fetch(origin + path, { headers, signal: abort.signal });
  expect(answer.headers.get('content-type')).toContain('text/event-stream');
  const reader = answer.body?.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  async function take(count: number): Promise<StreamEvent[]> {
    for (;;) {
      const events = text.split('\n\n').slice(0, -1).flatMap(parseEvent);
      if (events.length >= count) return events.slice(0, count);
      text += (await reader?.read())?.value ?? '';
    }
  }
  return { take, stop: () => abort.abort() };
}

function parseEvent(block: string): StreamEvent[] {
  const field = (name: string) =>
    block
      .split('\n')
      .find((line) => line.startsWith(`${name}: `))
      ?.slice(name.length + 2);
  const data = field('data');
  return data === undefined ? [] : [{ event: field('event') ?? '', data: JSON.parse(data) }];
}

describe('what other services ask', () => {
  const ask = async (method: 'POST' | 'DELETE' | 'GET', url: string, body?: object) => {
    const answer = await internal.inject({ method, url, ...(body ? { payload: body } : {}) });
    return { status: answer.statusCode, body: answer.json() };
  };

  it('allocates many reservations in one call, each outcome its own', async () => {
    const eventId = await eventOnSale();
    const reserve = async (seatId: number) =>
      (await send('POST', '/v1/seats/reserve', { eventId, seatIds: [seatId] }, newId('user'))).body.reservationId;
    const [kept, released] = [await reserve(1), await reserve(2)];
    await ask('POST', `/internal/reservations/${released}/release`, { reason: 'CANCELLED' });
    const allocations = [kept, released].map((reservationId) => ({ reservationId, orderId: newId('order') }));
    const answer = await ask('POST', '/internal/allocations', { allocations });
    expect(answer.body.outcomes).toEqual([
      { reservationId: kept, outcome: 'ALLOCATED' },
      { reservationId: released, outcome: 'GONE' },
    ]);
    expect(await ask('POST', '/internal/allocations', { allocations })).toEqual(answer);
  });

  it('keeps a hold for a charge, and refuses to once it has ended', async () => {
    const eventId = await eventOnSale();
    const { body } = await send('POST', '/v1/seats/reserve', { eventId, seatIds: [1] }, newId('user'));
    const url = `/internal/reservations/${body.reservationId}/payment-window`;
    const paying = { orderId: newId('order'), paymentId: newId('payment') };
    const opened = await ask('POST', url, { ...paying, windowSeconds: 300 });
    expect(opened).toMatchObject({ status: 200, body: { expiresAt: body.expiresAt } });
    expect(Date.parse(opened.body.heldUntil)).toBeGreaterThan(Date.parse(body.expiresAt));
    expect((await ask('DELETE', url, paying)).body.heldUntil).toBe(body.expiresAt);
    await ask('POST', `/internal/reservations/${body.reservationId}/release`, { reason: 'CANCELLED' });
    expect(await ask('POST', url, { ...paying, windowSeconds: 300 })).toMatchObject({
      status: 409,
      body: { code: 'RESERVATION_NOT_ACTIVE' },
    });
    expect(await ask('GET', `/internal/reservations/${newId('reservation')}`)).toMatchObject({ status: 404 });
  });
});

it('publishes each change through the outbox, in the order of its versions', async () => {
  const eventId = await eventOnSale();
  await send('POST', '/v1/seats/reserve', { eventId, seatIds: [1] }, newId('user'));
  const rows = await db.database.rows<{ events: string }>(
    sql('test.outbox', 'select events from outbox where key = $1 order by sequence'),
    [eventId],
  );
  const published = rows.flatMap((row) => JSON.parse(row.events));
  expect(published.map((event) => [event.type, event.data.version])).toEqual([
    ['seats.opened', 1],
    ['seat.reserved', 2],
  ]);
  expect(published[1]).toMatchObject({ subject: eventId, traceparent: expect.stringMatching(/^00-/), source: '/onsale/seating' });
});
