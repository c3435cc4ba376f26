import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newId } from '../../contracts/ids.ts';
import { startServiceApp, type ServiceApp } from '../../test/support/service-app.ts';
import { catalog } from './service.ts';

const HOUR_MS = 3_600_000;
/** The clock of the service under test; tests move it. */
let nowMs = Date.now();
const inHours = (hours: number): string => new Date(nowMs + hours * HOUR_MS).toISOString();

let app: ServiceApp;
let organizer: { userId: string; token: string };
let rival: { userId: string; token: string };
let admin: { userId: string; token: string };
let customer: { userId: string; token: string };
let venueId: string;

const venueBody = {
  name: 'Madison Square Garden',
  address: '4 Pennsylvania Plaza',
  city: 'New York',
  state: 'NY',
  country: 'US',
  postalCode: '10001',
  capacity: 20_000,
  venueType: 'ARENA',
  facilities: { parking: false, bars: 12, access: 'step-free' },
  timezone: 'America/New_York',
};

const eventBody = (changes: Record<string, unknown> = {}) => ({
  venueId,
  name: 'Rock Concert',
  eventType: 'CONCERT',
  startDate: inHours(48),
  endDate: inHours(51),
  currency: 'USD',
  basePriceCents: 6_500,
  ...changes,
});

const post = (url: string, payload: object, token = organizer.token) => app.request({ method: 'POST', url, payload, token });
const put = (eventId: string, payload: object, token = organizer.token) =>
  app.request({ method: 'PUT', url: `/v1/events/${eventId}`, payload, token });
const get = (url: string, token?: string) => app.request({ url, ...(token === undefined ? {} : { token }) });
const facts = (eventId: string) => app.requestAsService({ url: `/internal/events/${eventId}` });
const createEvent = async (changes: Record<string, unknown> = {}) => (await post('/v1/events', eventBody(changes))).json();

/** All pages of a list, one after the other. */
async function pages<Item>(url: string): Promise<{ items: Item[]; nextCursor: string | null }[]> {
  const first = (await get(url)).json();
  const all = [first];
  for (let cursor: string | null = first.nextCursor; cursor !== null; cursor = all.at(-1).nextCursor) {
    all.push((await get(`${url}&cursor=${cursor}`)).json());
  }
  return all;
}

beforeAll(async () => {
  app = await startServiceApp(catalog, { clock: { now: () => new Date(nowMs) } });
  organizer = app.signIn(['organizer']);
  rival = app.signIn(['organizer']);
  admin = app.signIn(['admin']);
  customer = app.signIn(['customer']);
  venueId = (await post('/v1/venues', venueBody)).json().venueId;
});
afterAll(() => app.stop());

describe('venues', () => {
  it('are made by organizers and seen by everybody', async () => {
    const created = await post('/v1/venues', venueBody);
    expect(created.statusCode).toBe(201);
    expect(created.json()).toEqual({ ...venueBody, venueId: expect.stringMatching(/^ven_/), organizerId: organizer.userId });
    expect((await get(String(created.headers.location))).json()).toEqual(created.json());
    const told = (await app.published()).find(({ subject }) => subject === created.json().venueId);
    expect(told).toMatchObject({
      type: 'venue.created',
      data: { name: venueBody.name, city: 'New York', country: 'US', capacity: 20_000 },
    });
  });

  it('leave out what they do not have', async () => {
    const { state, postalCode, facilities, ...least } = venueBody;
    const created = (await post('/v1/venues', least)).json();
    expect(created).toEqual({ ...least, facilities: {}, venueId: created.venueId, organizerId: organizer.userId });
    expect([state, postalCode, facilities].every((value) => value !== undefined)).toBe(true);
  });

  it('are not made by customers or by nobody', async () => {
    expect((await post('/v1/venues', venueBody, customer.token)).statusCode).toBe(403);
    expect((await app.request({ method: 'POST', url: '/v1/venues', payload: venueBody })).statusCode).toBe(401);
  });

  it.each([
    ['a time zone that is none', { timezone: 'Mars/Olympus' }],
    ['a time zone by offset', { timezone: '+02:00' }],
    ['a capacity of nothing', { capacity: 0 }],
    ['a capacity as text', { capacity: '100' }],
    ['a type that is none', { venueType: 'CIRCUS' }],
    ['a name of blanks', { name: '  ' }],
    ['facilities with a list inside', { facilities: { a: [1] } }],
    ['facilities by the hundred', { facilities: Object.fromEntries(Array.from({ length: 100 }, (_, i) => [`f${i}`, true])) }],
    ['a misspelt field', { venue_type: 'ARENA' }],
  ])('refuse %s', async (_, changes) => {
    const answer = await post('/v1/venues', { ...venueBody, ...changes });
    expect([answer.statusCode, answer.json().code]).toEqual([400, 'VALIDATION_FAILED']);
  });

  it('say which types there are when they refuse one', async () => {
    const { detail } = (await post('/v1/venues', { ...venueBody, venueType: 'CIRCUS' })).json();
    expect(detail).toBe('$.venueType must be one of: STADIUM, THEATER, ARENA, CONVENTION_CENTER, OTHER');
  });

  it('are listed by name, page after page, each once', async () => {
    const names = ['Apollo', 'Apollo', 'Barbican', 'Carnegie Hall'];
    for (const name of names) await post('/v1/venues', { ...venueBody, name });
    const found = await pages<{ venueId: string; name: string }>('/v1/venues?limit=2');
    expect(found.every(({ items }) => items.length <= 2)).toBe(true);
    const seen = found.flatMap(({ items }) => items);
    expect(new Set(seen.map((v) => v.venueId)).size).toBe(seen.length);
    expect(seen.slice(0, 4).map((v) => v.name)).toEqual(names);
  });

  it('that are not there are 404, whatever the id looks like', async () => {
    for (const id of [newId('venue'), newId('event'), 'nonsense', '%27%20OR%201=1']) {
      const answer = await get(`/v1/venues/${id}`);
      expect([answer.statusCode, answer.json().code]).toEqual([404, 'VENUE_NOT_FOUND']);
    }
  });
});

describe('making an event', () => {
  it('answers with everything about it, on sale from now unless told otherwise', async () => {
    const created = await post('/v1/events', eventBody());
    expect(created.statusCode).toBe(201);
    expect(created.json()).toEqual({
      ...eventBody(),
      eventId: expect.stringMatching(/^evt_/),
      venueName: 'Madison Square Garden',
      city: 'New York',
      description: '',
      status: 'UPCOMING',
      totalSeats: 0,
      availableSeats: 0,
      onSaleAt: new Date(nowMs).toISOString(),
      timezone: 'America/New_York',
      organizerId: organizer.userId,
      holdTtlSeconds: null,
      maxTicketsPerUser: 10,
      revision: 1,
    });
    expect((await get(String(created.headers.location))).json()).toEqual(created.json());
  });

  it('gives other services its facts at once, and publishes the same', async () => {
    const { eventId } = await createEvent({ holdTtlSeconds: 30, maxTicketsPerUser: 4, offSaleAt: inHours(47) });
    const answer = await facts(eventId);
    expect(answer.json()).toMatchObject({
      eventId,
      revision: 1,
      organizerId: organizer.userId,
      holdTtlSeconds: 30,
      maxTicketsPerUser: 4,
      country: 'US',
    });
    const told = (await app.published()).find(({ subject }) => subject === eventId);
    expect(told).toMatchObject({ type: 'event.created', data: answer.json() });
  });

  it('keeps times given with an offset as the instant they are', async () => {
    const { startDate } = await createEvent({ startDate: '2035-07-01T20:00:00+02:00', endDate: '2035-07-01T23:00:00+02:00' });
    expect(startDate).toBe('2035-07-01T18:00:00.000Z');
  });

  it.each([
    ['an end before its start', () => ({ endDate: inHours(47) }), '$.endDate'],
    ['an end at its start', () => ({ endDate: inHours(48) }), '$.endDate'],
    ['a sale that closes before it opens', () => ({ onSaleAt: inHours(3), offSaleAt: inHours(2) }), '$.offSaleAt'],
    ['a sale that opens after its end', () => ({ onSaleAt: inHours(60) }), '$.onSaleAt'],
    ['a day that does not exist', () => ({ startDate: '2035-02-30T20:00:00Z' }), '$.startDate'],
    ['a leap second', () => ({ startDate: '2035-06-30T23:59:60Z' }), '$.startDate'],
    ['a year nobody will see', () => ({ startDate: '9999-01-01T00:00:00Z', endDate: '9999-01-02T00:00:00Z' }), '$.startDate'],
    ['a time without an offset', () => ({ startDate: '2035-07-01T20:00:00' }), '$.startDate'],
    ['a currency that is none', () => ({ currency: 'XQZ' }), '$.currency'],
    ['a currency in small letters', () => ({ currency: 'usd' }), '$.currency'],
    ['a time zone that is none', () => ({ timezone: 'Europe/Atlantis' }), '$.timezone'],
    ['a negative price', () => ({ basePriceCents: -1 }), '$.basePriceCents'],
    ['half a cent', () => ({ basePriceCents: 10.5 }), '$.basePriceCents'],
    ['a hold of no time', () => ({ holdTtlSeconds: 0 }), '$.holdTtlSeconds'],
    ['a limit of no tickets', () => ({ maxTicketsPerUser: 0 }), '$.maxTicketsPerUser'],
    ['a beginning as COMPLETED', () => ({ status: 'COMPLETED' }), '$.status'],
    ['a field of the answer', () => ({ totalSeats: 5 }), '$.totalSeats'],
    ['somebody else’s name on it', () => ({ organizerId: rival.userId }), '$.organizerId'],
  ])('refuses %s', async (_, changes, path) => {
    const answer = await post('/v1/events', eventBody(changes()));
    expect([answer.statusCode, answer.json().code]).toEqual([400, 'VALIDATION_FAILED']);
    expect(answer.json().errors.map((e: { path: string }) => e.path)).toContain(path);
  });

  it('needs a venue that is there, and an organizer', async () => {
    const nowhere = await post('/v1/events', eventBody({ venueId: newId('venue') }));
    expect([nowhere.statusCode, nowhere.json().code]).toEqual([404, 'VENUE_NOT_FOUND']);
    expect((await post('/v1/events', eventBody(), customer.token)).statusCode).toBe(403);
  });
});

describe('drafts', () => {
  it('are there for their organizer, admins and services only', async () => {
    const { eventId } = await createEvent({ status: 'DRAFT', name: 'Secret Show' });
    const seen = async (token?: string) => {
      const one = (await get(`/v1/events/${eventId}`, token)).statusCode;
      const { totalCount } = (await get('/v1/events/search?q=secret%20show', token)).json();
      return [one, totalCount];
    };
    expect(await seen(organizer.token)).toEqual([200, 1]);
    expect(await seen(admin.token)).toEqual([200, 1]);
    for (const token of [rival.token, customer.token, undefined]) expect(await seen(token)).toEqual([404, 0]);
    expect((await facts(eventId)).json()).toMatchObject({ status: 'DRAFT' });
  });

  it('refuse a token that does not count, so that nobody wonders where theirs went', async () => {
    expect((await get('/v1/events', 'made.up.token')).statusCode).toBe(401);
  });

  it('are published by a change and never taken back', async () => {
    const { eventId } = await createEvent({ status: 'DRAFT' });
    expect((await put(eventId, { status: 'UPCOMING' })).json()).toMatchObject({ status: 'UPCOMING', revision: 2 });
    expect((await get(`/v1/events/${eventId}`)).statusCode).toBe(200);
    expect((await put(eventId, { status: 'DRAFT' })).statusCode).toBe(400);
  });
});

describe('changing an event', () => {
  it('changes what is named, counts the revision and publishes the new facts', async () => {
    const event = await createEvent({ offSaleAt: inHours(40), holdTtlSeconds: 60 });
    const changed = await put(event.eventId, { name: 'Rock Concert, second night', offSaleAt: null, holdTtlSeconds: null });
    const { offSaleAt, ...rest } = event;
    expect(offSaleAt).toBeDefined();
    expect(changed.json()).toEqual({ ...rest, name: 'Rock Concert, second night', holdTtlSeconds: null, revision: 2 });
    const told = (await app.published()).filter(({ subject }) => subject === event.eventId);
    expect(told.map(({ type, data }) => [type, data['revision'], data['offSaleAt']])).toEqual([
      ['event.created', 1, event.offSaleAt],
      ['event.updated', 2, null],
    ]);
    expect((await facts(event.eventId)).json()).toEqual(told[1]?.data);
  });

  it('does nothing when everything is so already', async () => {
    const event = await createEvent();
    const again = await put(event.eventId, { name: event.name, startDate: event.startDate, status: 'UPCOMING' });
    expect(again.json()).toEqual(event);
    expect((await app.published()).filter(({ subject }) => subject === event.eventId)).toHaveLength(1);
  });

  it('loses none of many changes at once', async () => {
    const { eventId } = await createEvent();
    const answers = await Promise.all(Array.from({ length: 12 }, (_, i) => put(eventId, { maxTicketsPerUser: 20 + i })));
    expect(answers.every(({ statusCode }) => statusCode === 200)).toBe(true);
    const revisions = (await app.published()).filter(({ subject }) => subject === eventId).map(({ data }) => data['revision']);
    expect(revisions).toEqual(Array.from({ length: 13 }, (_, i) => i + 1));
  });

  it('is for its organizer and admins', async () => {
    const { eventId } = await createEvent();
    const draft = await createEvent({ status: 'DRAFT' });
    const change = { name: 'Taken over' };
    expect((await put(eventId, change, rival.token)).json().code).toBe('FORBIDDEN');
    expect((await put(draft.eventId, change, rival.token)).json().code).toBe('EVENT_NOT_FOUND');
    expect((await put(eventId, change, customer.token)).json().code).toBe('FORBIDDEN');
    expect((await put(newId('event'), change)).json().code).toBe('EVENT_NOT_FOUND');
    expect((await put('nonsense', change)).json().code).toBe('EVENT_NOT_FOUND');
    expect((await put(eventId, change, admin.token)).json().name).toBe('Taken over');
  });

  it('checks times against those that stay', async () => {
    const { eventId } = await createEvent();
    expect((await put(eventId, { startDate: inHours(52) })).json().errors).toEqual([
      { path: '$.endDate', message: 'must be after startDate' },
    ]);
    expect((await put(eventId, { offSaleAt: inHours(-1) })).json().errors).toEqual([
      { path: '$.offSaleAt', message: 'must be after onSaleAt' },
    ]);
    expect((await put(eventId, {})).statusCode).toBe(400);
    expect((await put(eventId, { currency: 'EUR' })).statusCode).toBe(400);
  });

  it('ends with CANCELLED, which is told apart and final', async () => {
    const { eventId } = await createEvent();
    expect((await put(eventId, { status: 'CANCELLED' })).json().status).toBe('CANCELLED');
    expect((await put(eventId, { status: 'UPCOMING' })).json().code).toBe('EVENT_CANCELLED');
    expect((await put(eventId, { name: 'Undead' })).json().code).toBe('EVENT_CANCELLED');
    expect((await put(eventId, { status: 'CANCELLED' })).statusCode).toBe(200);
    const told = (await app.published()).filter(({ subject }) => subject === eventId);
    expect(told.map(({ type }) => type)).toEqual(['event.created', 'event.cancelled']);
  });
});

describe('the status people see', () => {
  it('moves on with time, alone and in searches', async () => {
    const before = nowMs;
    const { eventId } = await createEvent({ name: 'Moving On', startDate: inHours(1), endDate: inHours(2) });
    const stages = [
      [0.5, 'UPCOMING'],
      [1, 'ONGOING'],
      [2, 'COMPLETED'],
    ] as const;
    for (const [hours, status] of stages) {
      nowMs = before + hours * HOUR_MS;
      expect((await get(`/v1/events/${eventId}`)).json().status).toBe(status);
      const found = (await get(`/v1/events/search?q=moving%20on&status=${status}`)).json();
      expect(found.items.map((e: { eventId: string }) => e.eventId)).toEqual([eventId]);
    }
    nowMs = before;
  });
});

describe('lists and searches', () => {
  it('show coming events by their start, then past ones, the latest first', async () => {
    const series = 'Festival of Order';
    const starts = [30, -30, 10, -10, 20];
    for (const hours of starts) await createEvent({ name: series, startDate: inHours(hours), endDate: inHours(hours + 1) });
    const found = await pages<{ startDate: string }>('/v1/events/search?q=festival%20of%20order&limit=2');
    expect(found).toHaveLength(3);
    expect(found.flatMap(({ items }) => items).map((e) => e.startDate)).toEqual([10, 20, 30, -10, -30].map(inHours));
  });

  it('keep their order on later pages when an event ends in between', async () => {
    const before = nowMs;
    for (const hours of [1, 2, 3])
      await createEvent({ name: 'Short and Sweet', startDate: inHours(hours), endDate: inHours(hours + 0.5) });
    const first = (await get('/v1/events/search?q=short%20and%20sweet&limit=1')).json();
    nowMs = before + 2.75 * HOUR_MS;
    const rest = (await get(`/v1/events/search?q=short%20and%20sweet&limit=5&cursor=${first.nextCursor}`)).json();
    nowMs = before;
    expect(rest.items.map((e: { startDate: string }) => e.startDate)).toEqual([inHours(2), inHours(3)]);
  });

  it('find by text, city, type and status, and say by what', async () => {
    const paris = (
      await post('/v1/venues', { ...venueBody, name: 'Palais', city: 'Paris', country: 'FR', timezone: 'Europe/Paris' })
    ).json();
    const { eventId } = await createEvent({ venueId: paris.venueId, name: 'Opéra 100%_pur', eventType: 'THEATER' });
    const found = (await get('/v1/events/search?q=100%25_PUR&city=paris&eventType=THEATER&status=UPCOMING')).json();
    expect(found).toMatchObject({
      totalCount: 1,
      nextCursor: null,
      filtersApplied: { q: '100%_PUR', city: 'paris', eventType: 'THEATER', status: 'UPCOMING' },
    });
    expect(found.items[0]).toMatchObject({ eventId, city: 'Paris', timezone: 'Europe/Paris' });
    expect((await get('/v1/events/search?q=100_%25pur')).json().totalCount).toBe(0);
    expect((await get('/v1/events/search?q=palais&city=London')).json().totalCount).toBe(0);
  });

  it.each([
    '/v1/events?limit=0',
    '/v1/events?limit=101',
    '/v1/events?limit=ten',
    '/v1/events?cursor=nonsense',
    `/v1/events?cursor=${Buffer.from('[1e99,"1","evt_1"]').toString('base64url')}`,
    `/v1/events?cursor=${Buffer.from(`[1,"1'; DROP TABLE event","${newId('event')}"]`).toString('base64url')}`,
    '/v1/venues?cursor=W10',
    '/v1/events/search?event_type=CONCERT',
    '/v1/events/search?eventType=CIRCUS',
    '/v1/events/search?q=',
    '/v1/events?page=2',
  ])('refuse %s', async (url) => {
    const answer = await get(url);
    expect([answer.statusCode, answer.json().code]).toEqual([400, 'VALIDATION_FAILED']);
  });
});

describe('facts for other services', () => {
  it('are for services with a credential, and 404 for what is not there', async () => {
    const { eventId } = await createEvent();
    expect((await get(`/internal/events/${eventId}`, admin.token)).statusCode).toBe(404);
    for (const id of [newId('event'), 'nonsense']) expect((await facts(id)).json().code).toBe('EVENT_NOT_FOUND');
  });
});
