import { writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { EventAnswer, EventSearchAnswer, Venue, VenueList } from '../contracts/http/catalog.ts';
import { Availability, BulkSeatsAnswer } from '../contracts/http/seating.ts';
import type { DemoAccountsAnswer, DemoAccountsBody } from '../contracts/http/users.ts';
import type { ServiceClient } from '../platform/http/service-client.ts';
import { DEMO_ACCOUNTS, DEMO_ORGANIZER } from './accounts.ts';
import { ApiRefusal, type Api } from './api.ts';
import { signIn } from './sign-in.ts';
import { buyTickets, signInBuyers, type Buyer } from './buyers.ts';
import { demoProgramme, type DemoEvent, type DemoSeats } from './programme.ts';

export type SeedOptions = {
  /** Where the public API is. */
  baseUrl: string;
  /** For the demo accounts, which only a service may make. */
  services: ServiceClient;
  /** A line for people on what was done. */
  log: (line: string) => void;
  /** A file that says that this was done before; written at the end. Without one it is looked up every time what is there. */
  markerPath?: string;
  now?: Date;
};

export type SeedSummary = {
  seeded: boolean;
  accounts: number;
  events: { name: string; eventId: string; totalSeats: number }[];
  elapsedMs: number;
};

/** Pages of venues to look through for our own; far more than a demo has. */
const MAX_PAGES = 50;

/**
 * Makes the demo: accounts, then venues, events and seats through the public API, as any organizer's program would. What is there
 * already is left alone, so a run that was cut off is completed by the next one.
 *
 * @throws ApiRefusal when the API refuses something, for instance in a shop whose organizer made other things of these names
 */
export async function seedDemo(options: SeedOptions): Promise<SeedSummary> {
  const started = performance.now();
  const { baseUrl, services, log, markerPath, now = new Date() } = options;
  if (markerPath !== undefined && existsSync(markerPath)) return { seeded: false, accounts: 0, events: [], elapsedMs: 0 };
  const body: DemoAccountsBody = { accounts: [...DEMO_ACCOUNTS] };
  const { accounts } = await services.call<DemoAccountsAnswer>('users', '/internal/demo-accounts', { method: 'PUT', body });
  const { api, userId } = await signIn(baseUrl, DEMO_ORGANIZER);
  const buyers = await signInBuyers(baseUrl);
  const venues = new Map((await ownVenues(api, userId)).map((venue) => [venue.name, venue]));
  const events: SeedSummary['events'] = [];
  for (const wanted of demoProgramme(now)) {
    const venue =
      venues.get(wanted.venue.name) ?? (await api(Venue, { method: 'POST', path: '/v1/venues', body: { json: wanted.venue } }));
    venues.set(venue.name, venue);
    const event = await ensureEvent(api, userId, venue, wanted);
    const totalSeats = await ensureSeats(api, event.eventId, wanted.seats);
    await ensureState(api, buyers, event, wanted);
    events.push({ name: event.name, eventId: event.eventId, totalSeats });
    log(`${event.name} at ${venue.name}: ${totalSeats.toLocaleString('en')} ${totalSeats === 1 ? 'seat' : 'seats and places'}`);
  }
  if (markerPath !== undefined) await writeFile(markerPath, `${now.toISOString()}\n`);
  return { seeded: true, accounts: accounts.length, events, elapsedMs: Math.round(performance.now() - started) };
}

async function ownVenues(api: Api, organizerId: string): Promise<Venue[]> {
  const found: Venue[] = [];
  let cursor: string | null = null;
  for (let page = 0; page < MAX_PAGES; page++) {
    const path: string = `/v1/venues?limit=100${cursor === null ? '' : `&cursor=${cursor}`}`;
    const list: VenueList = await api(VenueList, { method: 'GET', path });
    found.push(...list.items.filter((venue) => venue.organizerId === organizerId));
    cursor = list.nextCursor;
    if (cursor === null) break;
  }
  return found;
}

async function ensureEvent(api: Api, organizerId: string, venue: Venue, wanted: DemoEvent): Promise<EventAnswer> {
  const query = new URLSearchParams({ q: wanted.event.name, limit: '100' });
  const { items } = await api(EventSearchAnswer, { method: 'GET', path: `/v1/events/search?${query.toString()}` });
  const there = items.find((event) => event.name === wanted.event.name && event.organizerId === organizerId);
  const json = { ...wanted.event, venueId: venue.venueId };
  return there ?? api(EventAnswer, { method: 'POST', path: '/v1/events', body: { json } });
}

/** Sells what is to be sold and makes the organizer's change. An event that was changed before has all that behind it. */
async function ensureState(api: Api, buyers: readonly Buyer[], event: EventAnswer, wanted: DemoEvent): Promise<void> {
  if (event.revision > 1) return;
  if (wanted.sold !== undefined) await buyTickets(api, buyers, event, wanted.sold);
  if (wanted.change === undefined) return;
  await api(EventAnswer, { method: 'PUT', path: `/v1/events/${event.eventId}`, body: { json: wanted.change } });
}

/** An import is done whole or not at all, so an event has all its seats or none. @returns how many it has */
async function ensureSeats(api: Api, eventId: string, seats: DemoSeats): Promise<number> {
  const there = await seatsThere(api, eventId);
  if (there > 0) return there;
  const path = `/v1/seats/bulk?eventId=${eventId}`;
  const imported = await api(BulkSeatsAnswer, { method: 'POST', path, body: await importBody(eventId, seats) });
  return imported.totalSeats;
}

async function importBody(eventId: string, seats: DemoSeats): Promise<{ json: unknown } | { csv: string }> {
  return 'csv' in seats ? { csv: await seats.csv() } : { json: { eventId, sections: seats.sections } };
}

async function seatsThere(api: Api, eventId: string): Promise<number> {
  try {
    return (await api(Availability, { method: 'GET', path: `/v1/seats/availability?eventId=${eventId}` })).totalSeats;
  } catch (error) {
    // Seating learns of an event with its first seats, or when the domain event arrives.
    if (error instanceof ApiRefusal && error.code === 'EVENT_NOT_FOUND') return 0;
    throw error;
  }
}
