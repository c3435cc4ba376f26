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
  it('is made within seconds, arena and stadium with all their seats', () => {
    expect(first).toMatchObject({ seeded: true, accounts: 6 });
    expect(Object.fromEntries(first.events.map(({ name, totalSeats }) => [name, totalSeats]))).toEqual({
      'One Seat Left': 1,
      'Club Night': 1_300,
      'The Cherry Orchard': 410,
      'Exactly Once Conference': 1_320,
      'Chamber Music by Candlelight': 48,
      'Lantern Festival': 3_500,
      'Members’ Night': 300,
      'Makers’ Fair': 1_500,
      'Three Sisters': 410,
      'Jazz Brunch': 24,
      'Open Air Opera': 2_000,
      'Surprise Guest': 1_000,
      'Rock Concert': 20_000,
      'Champions Final': 90_000,
    });
    expect(first.elapsedMs).toBeLessThan(15_000);
    expect(first.events.at(-1)?.name).toBe('Champions Final');
    expect(lines).toContain('Rock Concert at Madison Square Garden: 20,000 seats and places');
  });

  it('has an event of every kind, made as anybody would make it', async () => {
    const seen = async (name: string) => {
      const { items } = await get(`/v1/events/search?q=${encodeURIComponent(name)}`);
      return items[0];
    };
    const soldOf = async (name: string) => {
      const eventId = first.events.find((event) => event.name === name)?.eventId;
      const { availableSeats, allocatedSeats } = await get(`/v1/seats/availability?eventId=${eventId}`);
      return [availableSeats, allocatedSeats];
    };
    const inDays = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString();
    expect(await seen('One Seat Left')).toMatchObject({ status: 'UPCOMING', holdTtlSeconds: 30 });
    expect(await soldOf('Chamber Music by Candlelight')).toEqual([0, 48]);
    expect((await seen('Lantern Festival')).onSaleAt > inDays(1)).toBe(true);
    expect((await seen('Members’ Night')).offSaleAt < inDays(0)).toBe(true);
    expect(await seen('Makers’ Fair')).toMatchObject({ status: 'ONGOING' });
    expect(await seen('Three Sisters')).toMatchObject({ status: 'COMPLETED' });
    expect(await soldOf('Three Sisters')).toEqual([400, 10]);
    expect(await seen('Jazz Brunch')).toMatchObject({ status: 'COMPLETED' });
    expect(await soldOf('Jazz Brunch')).toEqual([0, 24]);
    expect(await seen('Open Air Opera')).toMatchObject({ status: 'CANCELLED' });
    expect(await seen('Surprise Guest')).toBeUndefined();
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
    expect(items).toHaveLength(first.events.length - 1);
    expect((await get('/v1/venues?limit=100')).items).toHaveLength(7);
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
