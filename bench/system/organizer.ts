import type { Static } from 'typebox';
import type { BulkSeatsBody } from '../../contracts/http/seating.ts';
import { bodyAs } from '../load/body.ts';
import { buyerMaker } from '../load/buyers.ts';

/** Sets up events as an organizer does it: over the API. */
export type Organizer = { makeEvent(name: string, sections: Sections): Promise<string> };

export type Sections = Static<typeof BulkSeatsBody>['sections'];

export const FLOOR = 'Floor';
const DAY_MS = 86_400_000;
/** Longer than a run: holds that end in the middle of a later measurement would be measured there. */
const HOLD_TTL_SECONDS = 3_600;
/** So that buyers may come back in turn; the limit is checked all the same. */
const MAX_TICKETS_PER_USER = 1_000;
const ROW_SEATS = 50;

export async function createOrganizer(url: string, jwtSecret: string): Promise<Organizer> {
  const { token } = buyerMaker(jwtSecret, ['organizer'])();
  const post = async (path: string, body: object): Promise<Record<string, unknown>> => {
    const answer = await fetch(url + path, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    const text = await answer.text();
    if (answer.status !== 201) throw new Error(`POST ${path} was answered with ${answer.status}: ${text.slice(0, 500)}`);
    return bodyAs(text);
  };
  const venue = await post('/v1/venues', {
    name: 'Hall of measures',
    address: 'Canal 1',
    city: 'Utrecht',
    country: 'NL',
    capacity: 1_000_000,
    venueType: 'ARENA',
    timezone: 'Europe/Amsterdam',
  });
  return {
    async makeEvent(name, sections) {
      const startMs = Date.now() + 30 * DAY_MS;
      const event = await post('/v1/events', {
        venueId: venue['venueId'],
        name,
        eventType: 'CONCERT',
        startDate: new Date(startMs).toISOString(),
        endDate: new Date(startMs + DAY_MS).toISOString(),
        currency: 'EUR',
        holdTtlSeconds: HOLD_TTL_SECONDS,
        maxTicketsPerUser: MAX_TICKETS_PER_USER,
      });
      const eventId = String(event['eventId']);
      await post('/v1/seats/bulk', { eventId, sections });
      return eventId;
    },
  };
}

/** One general-admission section. */
export function standing(capacity: number): Sections {
  return [{ section: FLOOR, kind: 'GENERAL_ADMISSION', priceCents: 5_000, capacity }];
}

/** Numbered seats in sections of up to 5,000, in rows of 50: seatId 1 to `seats`. */
export function seated(seats: number): Sections {
  const sections: Sections = [];
  for (let left = seats; left > 0; left -= 5_000) {
    const ofSection = Math.min(left, 5_000);
    const rows = Array.from({ length: Math.ceil(ofSection / ROW_SEATS) }, (_, row) => ({
      row: String(row + 1),
      seats: Math.min(ROW_SEATS, ofSection - row * ROW_SEATS),
    }));
    sections.push({ section: `Block ${sections.length + 1}`, kind: 'SEATED', priceCents: 5_000, rows });
  }
  return sections;
}
