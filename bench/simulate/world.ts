import { setTimeout as delay } from 'node:timers/promises';
import { createApi, type Api } from '../../demo/api.ts';
import { EventAnswer, Venue } from '../../contracts/http/catalog.ts';
import { Availability, BulkSeatsAnswer, SeatMap } from '../../contracts/http/seating.ts';
import { arenaSections, type House } from './house.ts';
import { seatPreference, type SeatPreference } from './seat-preference.ts';

/** One event that is on sale. */
export type SaleEvent = {
  eventId: string;
  name: string;
  house: House;
  preference: SeatPreference;
  /** Index in the list of events. */
  index: number;
};

export type SaleOptions = {
  url: string;
  organizerToken: string;
  houses: readonly House[];
  /** How long a hold lasts. */
  holdSeconds: number;
};

const DAY_MS = 86_400_000;
const MAX_TICKETS_PER_USER = 10;

/** A venue and its events with all their seats, made by the public API as an organizer does it. Nothing is on sale yet. */
export async function makeEvents({ url, organizerToken, houses, holdSeconds }: SaleOptions): Promise<SaleEvent[]> {
  const api = createApi(url, organizerToken);
  const capacity = houses.reduce((most, { seats, places }) => Math.max(most, seats + places), 0);
  const venue = await api(Venue, { method: 'POST', path: '/v1/venues', body: { json: { ...VENUE, capacity } } });
  const events: SaleEvent[] = [];
  for (const [index, house] of houses.entries()) {
    const name = houses.length === 1 ? 'The Onsale' : `The Onsale, night ${index + 1} of ${houses.length}`;
    const json = { ...draft(index, holdSeconds), venueId: venue.venueId, name };
    const { eventId } = await api(EventAnswer, { method: 'POST', path: '/v1/events', body: { json } });
    const seats = { eventId, sections: arenaSections(house) };
    await api(BulkSeatsAnswer, { method: 'POST', path: '/v1/seats/bulk', body: { json: seats } });
    const map = await api(SeatMap, { method: 'GET', path: `/v1/seats/map?eventId=${eventId}` });
    events.push({ eventId, name, house, preference: seatPreference(map), index });
  }
  return events;
}

/** From now on they can be bought. */
export async function openSale({ url, organizerToken }: SaleOptions, events: readonly SaleEvent[]): Promise<void> {
  const api = createApi(url, organizerToken);
  const open = { method: 'PUT', body: { json: { status: 'UPCOMING' } } } as const;
  await Promise.all(events.map(({ eventId }) => api(EventAnswer, { ...open, path: `/v1/events/${eventId}` })));
}

const POLL_MS = 200;

/** How each event stands when no hold is open any more, or after so long. */
export async function finalAvailability(
  { url, organizerToken }: SaleOptions,
  events: readonly SaleEvent[],
  withinMs: number,
): Promise<Availability[]> {
  const api = createApi(url, organizerToken);
  const deadlineMs = performance.now() + withinMs;
  for (;;) {
    const found = await Promise.all(events.map(({ eventId }) => availabilityOf(api, eventId)));
    const isOpen = found.some(({ reservedSeats }) => reservedSeats > 0);
    if (!isOpen || performance.now() >= deadlineMs) return found;
    await delay(POLL_MS);
  }
}

function availabilityOf(api: Api, eventId: string): Promise<Availability> {
  return api(Availability, { method: 'GET', path: `/v1/seats/availability?eventId=${eventId}` });
}

const VENUE = {
  name: 'Simulation Arena',
  address: '1 Loopback Lane',
  city: 'Utrecht',
  country: 'NL',
  venueType: 'ARENA',
  timezone: 'Europe/Amsterdam',
};

/** Its organizer alone sees a draft; opening the sale is making it public. */
function draft(index: number, holdTtlSeconds: number) {
  const startMs = Date.now() + (30 + index) * DAY_MS;
  return {
    eventType: 'CONCERT',
    status: 'DRAFT',
    startDate: new Date(startMs).toISOString(),
    endDate: new Date(startMs + DAY_MS / 8).toISOString(),
    currency: 'EUR',
    holdTtlSeconds,
    maxTicketsPerUser: MAX_TICKETS_PER_USER,
  };
}
