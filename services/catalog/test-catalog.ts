import type { LightMyRequestResponse } from 'fastify';
import { ApiError } from '../../platform/http/api-error.ts';
import type { ServiceClient } from '../../platform/http/service-client.ts';
import { startServiceApp } from '../../test/support/service-app.ts';
import { catalog } from './service.ts';

const HOUR_MS = 3_600_000;

export const venueBody = {
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

/** What the other services were told and asked, and what they answer. Tests change the answers. */
export type Neighbours = {
  calls: { method: string; path: string; body: unknown }[];
  away: Set<string>;
  orders: number;
  seatsAreHeld: boolean;
};

/** The catalog with a venue, people, and a clock that tests move. */
export async function startCatalog() {
  const time = { nowMs: Date.now() };
  const neighbours: Neighbours = { calls: [], away: new Set(), orders: 0, seatsAreHeld: false };
  const app = await startServiceApp(catalog, { clock: { now: () => new Date(time.nowMs) }, services: doubleOf(neighbours) });
  const organizer = app.signIn(['organizer']);
  const post = (url: string, payload: object, token = organizer.token) => app.request({ method: 'POST', url, payload, token });
  const get = (url: string, token?: string) => app.request({ url, ...(token === undefined ? {} : { token }) });
  const inHours = (hours: number): string => new Date(time.nowMs + hours * HOUR_MS).toISOString();
  const { venueId } = (await post('/v1/venues', venueBody)).json();
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

  /** All pages of a list, one after the other. */
  async function pages<Item>(url: string): Promise<{ items: Item[]; nextCursor: string | null }[]> {
    const first = (await get(url)).json();
    const all = [first];
    for (let cursor: string | null = first.nextCursor; cursor !== null; cursor = all.at(-1).nextCursor) {
      all.push((await get(`${url}&cursor=${cursor}`)).json());
    }
    return all;
  }

  return {
    app,
    time,
    neighbours,
    organizer,
    rival: app.signIn(['organizer']),
    admin: app.signIn(['admin']),
    customer: app.signIn(['customer']),
    venueId: String(venueId),
    inHours,
    eventBody,
    get,
    post,
    put: (url: string, payload: object, token = organizer.token): Promise<LightMyRequestResponse> =>
      app.request({ method: 'PUT', url, payload, token }),
    remove: (url: string, token = organizer.token) => app.request({ method: 'DELETE', url, token }),
    facts: (eventId: string) => app.requestAsService({ url: `/internal/events/${eventId}` }),
    createEvent: async (changes: Record<string, unknown> = {}) => (await post('/v1/events', eventBody(changes))).json(),
    pages,
  };
}

function doubleOf(neighbours: Neighbours): ServiceClient {
  return {
    async call<Answer>(service: string, path: string, { method = 'GET', body }: { method?: string; body?: unknown } = {}) {
      neighbours.calls.push({ method, path, body });
      if (neighbours.away.has(service)) throw new ApiError('SERVICE_UNAVAILABLE', `${service} is away`);
      return (service === 'orders' ? { count: neighbours.orders } : { closed: !neighbours.seatsAreHeld }) as Answer;
    },
  };
}
