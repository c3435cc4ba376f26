import { afterAll, describe, expect, it } from 'vitest';
import { newId } from '../../contracts/ids.ts';
import { startCatalog, venueBody } from './test-catalog.ts';

const catalog = await startCatalog();
afterAll(() => catalog.app.stop());
const { app, organizer, rival, admin, customer, venueId, eventBody, get, post, put, remove, createEvent, pages } = catalog;
const putVenue = (id: string, payload: object, token?: string) => catalog.put(`/v1/venues/${id}`, payload, token);

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

describe('changing a venue', () => {
  const made = async () => (await post('/v1/venues', venueBody)).json();

  it('changes what is named, and publishes it', async () => {
    const venue = await made();
    const changed = await putVenue(venue.venueId, { name: 'The Garden', state: null, facilities: { bars: 3 } });
    const { state, ...rest } = venue;
    expect(state).toBe('NY');
    expect(changed.json()).toEqual({ ...rest, name: 'The Garden', facilities: { bars: 3 } });
    expect((await get(`/v1/venues/${venue.venueId}`)).json()).toEqual(changed.json());
    const told = (await app.published()).filter(({ subject }) => subject === venue.venueId);
    expect(told.map(({ type, data }) => [type, data['name']])).toEqual([
      ['venue.created', venueBody.name],
      ['venue.updated', 'The Garden'],
    ]);
  });

  it('shows on its events', async () => {
    const venue = await made();
    const { eventId } = await createEvent({ venueId: venue.venueId });
    await putVenue(venue.venueId, { city: 'Newark' });
    expect((await get(`/v1/events/${eventId}`)).json().city).toBe('Newark');
  });

  it('does nothing when everything is so already', async () => {
    const venue = await made();
    expect((await putVenue(venue.venueId, venueBody)).json()).toEqual(venue);
    expect((await app.published()).filter(({ subject }) => subject === venue.venueId)).toHaveLength(1);
  });

  it('is for its organizer and admins, like deleting it', async () => {
    const { venueId: id } = await made();
    for (const token of [rival.token, customer.token]) {
      expect((await putVenue(id, { name: 'Mine' }, token)).json().code).toBe('FORBIDDEN');
      expect((await remove(`/v1/venues/${id}`, token)).json().code).toBe('FORBIDDEN');
    }
    expect((await putVenue(id, { name: 'Theirs' }, admin.token)).statusCode).toBe(200);
    for (const unknown of [newId('venue'), 'nonsense']) {
      expect((await putVenue(unknown, { name: 'Nowhere' })).json().code).toBe('VENUE_NOT_FOUND');
      expect((await remove(`/v1/venues/${unknown}`)).json().code).toBe('VENUE_NOT_FOUND');
    }
  });

  it.each([{}, { timezone: 'Mars/Olympus' }, { capacity: 0 }, { name: null }, { organizerId: 'usr_1' }])(
    'refuses %j',
    async (changes) => {
      const answer = await putVenue(venueId, changes);
      expect([answer.statusCode, answer.json().code]).toEqual([400, 'VALIDATION_FAILED']);
    },
  );

  it('ends with its deletion, which waits until no event takes place there', async () => {
    const venue = await made();
    const event = await createEvent({ venueId: venue.venueId });
    expect((await remove(`/v1/venues/${venue.venueId}`)).json()).toMatchObject({ status: 409, code: 'VENUE_IN_USE' });
    await put(`/v1/events/${event.eventId}`, { venueId });
    expect((await remove(`/v1/venues/${venue.venueId}`)).statusCode).toBe(204);
    expect((await get(`/v1/venues/${venue.venueId}`)).statusCode).toBe(404);
  });

  it('lets either an event or a deletion win when both come at once', async () => {
    for (let round = 0; round < 10; round++) {
      const venue = await made();
      const [created, removed] = await Promise.all([
        post('/v1/events', eventBody({ venueId: venue.venueId })),
        remove(`/v1/venues/${venue.venueId}`),
      ]);
      expect([
        [201, 409],
        [404, 204],
      ]).toContainEqual([created.statusCode, removed.statusCode]);
    }
  });
});
