import { afterAll, describe, expect, it } from 'vitest';
import { newId } from '../../contracts/ids.ts';
import { startCatalog, venueBody } from './test-catalog.ts';

const HOUR_MS = 3_600_000;
const catalog = await startCatalog();
afterAll(() => catalog.app.stop());
const { time, organizer, customer, venueId, inHours, get, post, createEvent, pages } = catalog;

describe('answers that everybody gets', () => {
  const kept = async (url: string, token?: string) =>
    String((await get(url, token)).headers['cache-control']).includes('stale-if-error');

  it('say that they may be kept, those with drafts in them do not', async () => {
    const { eventId } = await createEvent();
    const draft = await createEvent({ status: 'DRAFT' });
    for (const url of [
      '/v1/events',
      '/v1/events/search?q=rock',
      '/v1/venues',
      `/v1/venues/${venueId}`,
      `/v1/events/${eventId}`,
    ]) {
      expect(await kept(url), url).toBe(true);
      expect(await kept(url, customer.token), url).toBe(true);
    }
    for (const url of ['/v1/events', '/v1/events/search', `/v1/events/${draft.eventId}`])
      expect(await kept(url, organizer.token), url).toBe(false);
    expect(await kept(`/v1/events/${newId('event')}`)).toBe(false);
  });
});

describe('the status people see', () => {
  it('moves on with time, alone and in searches', async () => {
    const before = time.nowMs;
    const { eventId } = await createEvent({ name: 'Moving On', startDate: inHours(1), endDate: inHours(2) });
    const stages = [
      [0.5, 'UPCOMING'],
      [1, 'ONGOING'],
      [2, 'COMPLETED'],
    ] as const;
    for (const [hours, status] of stages) {
      time.nowMs = before + hours * HOUR_MS;
      expect((await get(`/v1/events/${eventId}`)).json().status).toBe(status);
      const found = (await get(`/v1/events/search?q=moving%20on&status=${status}`)).json();
      expect(found.items.map((e: { eventId: string }) => e.eventId)).toEqual([eventId]);
    }
    time.nowMs = before;
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
    const before = time.nowMs;
    for (const hours of [1, 2, 3])
      await createEvent({ name: 'Short and Sweet', startDate: inHours(hours), endDate: inHours(hours + 0.5) });
    const first = (await get('/v1/events/search?q=short%20and%20sweet&limit=1')).json();
    time.nowMs = before + 2.75 * HOUR_MS;
    const rest = (await get(`/v1/events/search?q=short%20and%20sweet&limit=5&cursor=${first.nextCursor}`)).json();
    time.nowMs = before;
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

  it('find what starts from one day on and before another', async () => {
    const days = ['2040-01-10', '2040-01-11', '2040-01-12'];
    for (const day of days) await createEvent({ name: 'Three Days', startDate: `${day}T00:00:00Z`, endDate: `${day}T02:00:00Z` });
    const found = async (query: string) => {
      const { items } = (await get(`/v1/events/search?q=three%20days&${query}`)).json();
      return items.map((e: { startDate: string }) => e.startDate.slice(0, 10));
    };
    expect(await found('from=2040-01-11')).toEqual(days.slice(1));
    expect(await found('to=2040-01-11')).toEqual(days.slice(0, 1));
    expect(await found('from=2040-01-10T00:00:01Z&to=2040-01-12T00:00:00Z')).toEqual(days.slice(1, 2));
    expect((await get('/v1/events/search?from=2040-01-11&to=2040-01-12')).json()).toMatchObject({
      totalCount: 1,
      filtersApplied: { from: '2040-01-11', to: '2040-01-12' },
    });
  });

  it.each([
    ['startDate', ['Beta', 'alpha', 'Gamma']],
    ['-startDate', ['Gamma', 'alpha', 'Beta']],
    ['name', ['alpha', 'Beta', 'Gamma']],
    ['-name', ['Gamma', 'Beta', 'alpha']],
    ['basePriceCents', ['Gamma', 'Beta', 'alpha']],
    ['-basePriceCents', ['alpha', 'Beta', 'Gamma']],
  ])('are sorted by %s, page after page', async (sort, names) => {
    const mark = `Sorted by ${sort}`;
    const items = [
      ['Beta', 1, 200],
      ['alpha', 2, 300],
      ['Gamma', 3, 100],
    ] as const;
    for (const [name, days, basePriceCents] of items) {
      const dates = { startDate: inHours(24 * days), endDate: inHours(24 * days + 1) };
      await createEvent({ name, description: mark, basePriceCents, ...dates });
    }
    const url = `/v1/events/search?q=${encodeURIComponent(mark)}&sort=${sort}&limit=1`;
    const found = await pages<{ name: string }>(url);
    const seen = found.flatMap(({ items: page }) => page.map(({ name }) => name));
    expect(seen).toEqual(names);
  });

  it('refuse the cursor of a list in another order', async () => {
    for (const name of ['One of two', 'Two of two']) await createEvent({ name });
    const { nextCursor } = (await get('/v1/events/search?q=of%20two&limit=1&sort=name')).json();
    expect((await get(`/v1/events/search?q=of%20two&cursor=${nextCursor}&sort=name`)).json().items).toHaveLength(1);
    for (const sort of ['', '&sort=-name', '&sort=startDate'])
      expect((await get(`/v1/events/search?q=of%20two&cursor=${nextCursor}${sort}`)).statusCode).toBe(400);
  });

  it.each(['0', '440000000000000', '460000000000000', '999999999999999'])(
    'go on after a place that never was: %s',
    async (place) => {
      const cursor = Buffer.from(JSON.stringify([time.nowMs, place, newId('event'), null])).toString('base64url');
      for (const list of ['/v1/events?limit=1', '/v1/events/search?q=rock&limit=1'])
        expect((await get(`${list}&cursor=${cursor}`)).statusCode, list).toBe(200);
    },
  );

  it('go on after a name in any script, however long', async () => {
    const name = '長'.repeat(200);
    for (const _ of [1, 2]) await createEvent({ name });
    const found = await pages(`/v1/events/search?q=${encodeURIComponent('長長長')}&sort=name&limit=1`);
    expect(found).toHaveLength(2);
  });

  it.each([
    '/v1/events/search?from=yesterday',
    '/v1/events/search?from=2040-02-30',
    '/v1/events/search?from=2040-01-02&to=2040-01-01',
    '/v1/events/search?sort=popularity',
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
