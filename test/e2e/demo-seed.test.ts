import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EventAnswer, EventList } from '../../contracts/http/catalog.ts';
import { seedDemo, type SeedSummary } from '../../demo/seed.ts';
import { startSystem, type TestSystem } from '../support/system.ts';

let system: TestSystem;
let folder: string;
let first: SeedSummary;
let lines: string[];

const get = async (path: string) => JSON.parse(await (await fetch(system.url + path)).text());

const seed = (markerPath?: string): Promise<SeedSummary> =>
  seedDemo({
    baseUrl: system.url,
    services: system.services,
    log: (line) => lines.push(line),
    ...(markerPath === undefined ? {} : { markerPath }),
  });

beforeAll(async () => {
  lines = [];
  folder = await mkdtemp(join(tmpdir(), 'onsale-seed-'));
  system = await startSystem();
  first = await seed();
});
afterAll(async () => {
  await system.stop();
  await rm(folder, { recursive: true, force: true });
});

describe('the demo', () => {
  it('is made within seconds, the arena with all its 20,000 seats', () => {
    expect(first).toMatchObject({ seeded: true, accounts: 6 });
    expect(Object.fromEntries(first.events.map(({ name, totalSeats }) => [name, totalSeats]))).toEqual({
      'One Seat Left': 1,
      'Club Night': 1_300,
      'The Cherry Orchard': 410,
      'Exactly Once Conference': 1_320,
      'Rock Concert': 20_000,
    });
    expect(first.elapsedMs).toBeLessThan(15_000);
    expect(lines).toContain('Rock Concert at Madison Square Garden: 20,000 seats and places');
  });

  it('can be bought at once by its buyers', async () => {
    const login = await fetch(`${system.url}/v1/users/login`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ email: 'alice@demo.com', password: 'onsale-demo' }),
    });
    const { accessToken, user } = JSON.parse(await login.text());
    expect(user).toMatchObject({ username: 'alice', membership: 'PREMIUM', roles: ['customer'] });
    const rock = first.events.find(({ name }) => name === 'Rock Concert');
    const reserve = await fetch(`${system.url}/v1/seats/reserve`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${accessToken}` },
      body: JSON.stringify({ eventId: rock?.eventId, seatCodes: ['F2-A-11', 'F2-A-12'] }),
    });
    expect([reserve.status, JSON.parse(await reserve.text()).totalCents]).toEqual([201, 79_000]);
  });

  it('is made only once', async () => {
    const again = await seed();
    expect(again.events).toEqual(first.events);
    const { items }: EventList = await get('/v1/events?limit=100');
    expect(items).toHaveLength(5);
    expect((await get('/v1/venues?limit=100')).items).toHaveLength(5);
  });

  it('is completed where it was cut off', async () => {
    const [cutOff] = first.events;
    await system
      .databaseOf('catalog')
      .run({ name: 'test.forget', text: 'DELETE FROM event WHERE event_id = $1' }, [cutOff?.eventId]);
    const again = await seed();
    expect(again.events.map(({ name, totalSeats }) => [name, totalSeats])).toEqual(
      first.events.map(({ name, totalSeats }) => [name, totalSeats]),
    );
    expect(again.events[0]?.eventId).not.toBe(cutOff?.eventId);
    expect(again.events.slice(1)).toEqual(first.events.slice(1));
  });

  it('is not looked at again where a marker says that it was made', async () => {
    const marker = join(folder, 'demo-seeded');
    expect((await seed(marker)).seeded).toBe(true);
    expect(await seed(marker)).toEqual({ seeded: false, accounts: 0, events: [], elapsedMs: 0 });
  });

  it('shows in the catalog how many seats there are once the domain events have travelled', async () => {
    const rock = first.events.find(({ name }) => name === 'Rock Concert');
    const seen = (): Promise<EventAnswer> => get(`/v1/events/${rock?.eventId}`);
    await expect.poll(async () => (await seen()).availableSeats, { timeout: 10_000, interval: 50 }).toBe(19_998);
    expect((await seen()).totalSeats).toBe(20_000);
  });
});
