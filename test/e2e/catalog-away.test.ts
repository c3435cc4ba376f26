import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { clientWith, makeEvent, type Client } from '../support/buyer.ts';
import { startSystem, type TestSystem } from '../support/system.ts';

let system: TestSystem;
let organizer: Client;
beforeAll(async () => {
  system = await startSystem({ settings: { LOG_LEVEL: 'fatal' } });
  const { userId, token } = system.signIn('organizer');
  organizer = clientWith(system.url, userId, token);
});
afterAll(() => system.stop());

const FLOOR = [{ section: 'Floor', kind: 'GENERAL_ADMISSION', priceCents: 4_000, capacity: 50 }];
const look = async (path: string) => {
  const answer = await fetch(system.url + path);
  return { status: answer.status, headers: answer.headers, body: JSON.parse(await answer.text()) };
};

describe('while the database of the catalog is away', () => {
  it('people go on browsing what was seen before, marked as old, and buying; drafts stay hidden', async () => {
    const eventId = await makeEvent(organizer, FLOOR, { name: 'Still Here' });
    const draftId = await makeEvent(organizer, FLOOR, { name: 'Not Yet', status: 'DRAFT' });
    const paths = ['/v1/events', `/v1/events/${eventId}`, '/v1/events/search?q=still&sort=name', '/v1/venues'];
    for (const path of paths) expect((await look(path)).status, path).toBe(200);
    expect((await organizer.get('/v1/events')).body.items).toHaveLength(2);
    expect((await organizer.get(`/v1/events/${draftId}`)).status).toBe(200);

    await system.assembled.find(({ name }) => name === 'catalog')?.database?.pool.close();

    for (const path of paths) {
      const stale = await look(path);
      expect([stale.status, stale.headers.get('x-onsale-stale')], path).toEqual([200, 'true']);
      expect(Number(stale.headers.get('age')), path).toBeLessThan(60);
    }
    const list = await look('/v1/events');
    expect(list.body.items.map((event: { name: string }) => event.name)).toEqual(['Still Here']);
    const { userId, token } = system.signIn('customer');
    const buyer = clientWith(system.url, userId, token);
    expect((await buyer.get(`/v1/events/${eventId}`)).body.name).toBe('Still Here');
    expect((await look(`/v1/events/${draftId}`)).status).toBeGreaterThanOrEqual(500);
    expect((await organizer.get(`/v1/events/${draftId}`)).status).toBeGreaterThanOrEqual(500);
    const body = { eventId, places: [{ section: 'Floor', quantity: 2 }] };
    expect((await buyer.send('POST', '/v1/seats/reserve', body)).status).toBe(201);
  });
});
