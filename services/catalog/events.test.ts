import { afterAll, describe, expect, it } from 'vitest';
import { newId } from '../../contracts/ids.ts';
import { startCatalog, venueBody } from './test-catalog.ts';

const catalog = await startCatalog();
afterAll(() => catalog.app.stop());
const { app, time, neighbours, organizer, rival, admin, customer, inHours, eventBody, get, post, remove, facts, createEvent } =
  catalog;
const putEvent = (eventId: string, payload: object, token?: string) => catalog.put(`/v1/events/${eventId}`, payload, token);

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
      onSaleAt: new Date(time.nowMs).toISOString(),
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
    expect((await putEvent(eventId, { status: 'UPCOMING' })).json()).toMatchObject({ status: 'UPCOMING', revision: 2 });
    expect((await get(`/v1/events/${eventId}`)).statusCode).toBe(200);
    expect((await putEvent(eventId, { status: 'DRAFT' })).statusCode).toBe(400);
  });
});

describe('changing an event', () => {
  it('changes what is named, counts the revision and publishes the new facts', async () => {
    const event = await createEvent({ offSaleAt: inHours(40), holdTtlSeconds: 60 });
    const changed = await putEvent(event.eventId, { name: 'Rock Concert, second night', offSaleAt: null, holdTtlSeconds: null });
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
    const again = await putEvent(event.eventId, { name: event.name, startDate: event.startDate, status: 'UPCOMING' });
    expect(again.json()).toEqual(event);
    expect((await app.published()).filter(({ subject }) => subject === event.eventId)).toHaveLength(1);
  });

  it('loses none of many changes at once', async () => {
    const { eventId } = await createEvent();
    const answers = await Promise.all(Array.from({ length: 12 }, (_, i) => putEvent(eventId, { maxTicketsPerUser: 20 + i })));
    expect(answers.every(({ statusCode }) => statusCode === 200)).toBe(true);
    const revisions = (await app.published()).filter(({ subject }) => subject === eventId).map(({ data }) => data['revision']);
    expect(revisions).toEqual(Array.from({ length: 13 }, (_, i) => i + 1));
  });

  it('is for its organizer and admins', async () => {
    const { eventId } = await createEvent();
    const draft = await createEvent({ status: 'DRAFT' });
    const change = { name: 'Taken over' };
    expect((await putEvent(eventId, change, rival.token)).json().code).toBe('FORBIDDEN');
    expect((await putEvent(draft.eventId, change, rival.token)).json().code).toBe('EVENT_NOT_FOUND');
    expect((await putEvent(eventId, change, customer.token)).json().code).toBe('FORBIDDEN');
    expect((await putEvent(newId('event'), change)).json().code).toBe('EVENT_NOT_FOUND');
    expect((await putEvent('nonsense', change)).json().code).toBe('EVENT_NOT_FOUND');
    expect((await putEvent(eventId, change, admin.token)).json().name).toBe('Taken over');
  });

  it('checks times against those that stay', async () => {
    const { eventId } = await createEvent();
    expect((await putEvent(eventId, { startDate: inHours(52) })).json().errors).toEqual([
      { path: '$.endDate', message: 'must be after startDate' },
    ]);
    expect((await putEvent(eventId, { offSaleAt: inHours(-1) })).json().errors).toEqual([
      { path: '$.offSaleAt', message: 'must be after onSaleAt' },
    ]);
    expect((await putEvent(eventId, {})).statusCode).toBe(400);
    expect((await putEvent(eventId, { currency: 'EUR' })).statusCode).toBe(400);
  });

  it('ends with CANCELLED, which is told apart and final', async () => {
    const { eventId } = await createEvent();
    expect((await putEvent(eventId, { status: 'CANCELLED' })).json().status).toBe('CANCELLED');
    expect((await putEvent(eventId, { status: 'UPCOMING' })).json().code).toBe('EVENT_CANCELLED');
    expect((await putEvent(eventId, { name: 'Undead' })).json().code).toBe('EVENT_CANCELLED');
    expect((await putEvent(eventId, { status: 'CANCELLED' })).statusCode).toBe(200);
    const told = (await app.published()).filter(({ subject }) => subject === eventId);
    expect(told.map(({ type }) => type)).toEqual(['event.created', 'event.cancelled']);
  });
});

describe('an event that changes', () => {
  const toldOf = (eventId: string) => neighbours.calls.filter(({ path }) => path === `/internal/sales/${eventId}`);

  it('is told to seating before the organizer is answered', async () => {
    const { eventId } = await createEvent();
    const { revision } = (await putEvent(eventId, { maxTicketsPerUser: 2, holdTtlSeconds: 60 })).json();
    const told = { method: 'PUT', body: { eventId, revision, maxTicketsPerUser: 2, holdTtlSeconds: 60 } };
    expect(toldOf(eventId)).toMatchObject([told]);
  });

  it('is changed also when seating is away: the domain event tells it later', async () => {
    const { eventId } = await createEvent();
    neighbours.away.add('seating');
    expect((await putEvent(eventId, { maxTicketsPerUser: 3 })).json()).toMatchObject({ maxTicketsPerUser: 3 });
    neighbours.away.clear();
    const told = (await app.published()).filter(({ subject, type }) => subject === eventId && type === 'event.updated');
    expect(told.map(({ data }) => data['maxTicketsPerUser'])).toEqual([3]);
  });

  it('may move to another venue, whose time zone it takes unless told otherwise', async () => {
    const body = { ...venueBody, name: 'Elbphilharmonie', city: 'Hamburg', country: 'DE', timezone: 'Europe/Berlin' };
    const hamburg = (await post('/v1/venues', body)).json();
    const { eventId } = await createEvent();
    const moved = (await putEvent(eventId, { venueId: hamburg.venueId, eventType: 'OTHER' })).json();
    expect(moved).toMatchObject({ venueName: 'Elbphilharmonie', city: 'Hamburg', timezone: 'Europe/Berlin', eventType: 'OTHER' });
    expect((await facts(eventId)).json()).toMatchObject({ venueName: 'Elbphilharmonie', country: 'DE' });
    expect((await putEvent(eventId, { timezone: 'UTC' })).json().timezone).toBe('UTC');
    expect((await putEvent(eventId, { timezone: 'Nowhere/Land' })).statusCode).toBe(400);
    expect((await putEvent(eventId, { venueId: newId('venue') })).json().code).toBe('VENUE_NOT_FOUND');
  });
});

describe('deleting an event', () => {
  it('takes it away, ends its sale first and tells everybody', async () => {
    const event = await createEvent();
    expect((await remove(`/v1/events/${event.eventId}`)).statusCode).toBe(204);
    expect((await get(`/v1/events/${event.eventId}`)).statusCode).toBe(404);
    expect((await facts(event.eventId)).statusCode).toBe(404);
    const closing = neighbours.calls.find(({ method, path }) => method === 'DELETE' && path.endsWith(event.eventId));
    expect(closing?.body).toMatchObject({ eventId: event.eventId, revision: 2 });
    const told = (await app.published()).filter(({ subject }) => subject === event.eventId);
    expect(told.map(({ type, data }) => [type, data['revision']])).toEqual([
      ['event.created', 1],
      ['event.cancelled', 2],
    ]);
    expect((await remove(`/v1/events/${event.eventId}`)).json().code).toBe('EVENT_NOT_FOUND');
  });

  it('is refused where there are orders, or buyers hold seats', async () => {
    const { eventId } = await createEvent();
    neighbours.orders = 3;
    expect((await remove(`/v1/events/${eventId}`)).json()).toMatchObject({ status: 409, code: 'EVENT_HAS_ORDERS', orders: 3 });
    neighbours.orders = 0;
    neighbours.seatsAreHeld = true;
    expect((await remove(`/v1/events/${eventId}`)).json()).toMatchObject({ code: 'EVENT_HAS_ORDERS', orders: 0 });
    neighbours.seatsAreHeld = false;
    expect((await get(`/v1/events/${eventId}`)).statusCode).toBe(200);
  });

  it.each(['orders', 'seating'])('is put off while %s cannot be asked', async (service) => {
    const { eventId } = await createEvent();
    neighbours.away.add(service);
    const answer = await remove(`/v1/events/${eventId}`);
    neighbours.away.clear();
    expect([answer.statusCode, answer.json().code]).toEqual([503, 'SERVICE_UNAVAILABLE']);
    expect((await get(`/v1/events/${eventId}`)).statusCode).toBe(200);
  });

  it('is for its organizer and admins', async () => {
    const { eventId } = await createEvent();
    const draft = await createEvent({ status: 'DRAFT' });
    const codeOf = async (id: string, token: string) => (await remove(`/v1/events/${id}`, token)).json().code;
    expect(await codeOf(eventId, rival.token)).toBe('FORBIDDEN');
    expect(await codeOf(eventId, customer.token)).toBe('FORBIDDEN');
    expect(await codeOf(draft.eventId, rival.token)).toBe('EVENT_NOT_FOUND');
    expect((await remove(`/v1/events/${eventId}`, admin.token)).statusCode).toBe(204);
  });
});

describe('facts for other services', () => {
  it('are for services with a credential, and 404 for what is not there', async () => {
    const { eventId } = await createEvent();
    expect((await get(`/internal/events/${eventId}`, admin.token)).statusCode).toBe(404);
    for (const id of [newId('event'), 'nonsense']) expect((await facts(id)).json().code).toBe('EVENT_NOT_FOUND');
  });
});
