import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ErrorCode } from '../../contracts/errors.ts';
import { newId } from '../../contracts/ids.ts';
import { ask, type Ask } from '../support/ask.ts';
import { clientWith, makeEvent, type Answer } from '../support/buyer.ts';
import { expectProblem, HALL, idOf, TIME } from '../support/contract.ts';
import { startSystem, type TestSystem } from '../support/system.ts';

/** The API as it is promised, seen from outside. What is asserted here stands in the product’s description of its API. */

let system: TestSystem;
let organizer: { userId: string; token: string };
let buyer: { userId: string; token: string };
let eventId: string;

beforeAll(async () => {
  system = await startSystem();
  organizer = system.signIn('organizer');
  buyer = system.signIn('customer');
  eventId = await makeEvent(clientWith(system.url, organizer.userId, organizer.token), HALL);
});
afterAll(() => system.stop());

const call = (method: string, path: string, options: Ask = {}): Promise<Answer> => ask(system.url + path, method, options);
const get = (path: string, options: Ask = {}): Promise<Answer> => call('GET', path, options);

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
      expect((await get('/v1/users/me', { token: login.body.accessToken })).body).toEqual({ ...user, emailVerified: false });
    }
  });

  it.each<[string, string, object, ErrorCode]>([
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

describe('every route', () => {
  it.each<[ErrorCode, string, string, Ask]>([
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
