import type { CreateVenueBody } from '../../contracts/http/catalog.ts';
import { newId } from '../../contracts/ids.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Database } from '../../platform/postgres/database.ts';
import { publishVenueCreated } from './domain-events.ts';
import type { Fault } from './domain/fault.ts';
import { isTimezone } from './domain/known-names.ts';
import { insertVenue, venueById, venuePage, type VenueRow } from './store/venues.ts';

export type VenueCreation = { ok: true; venue: VenueRow } | { ok: false; faults: Fault[] };
export type VenuePlace = { name: string; venueId: string };

export type Venues = {
  create(body: CreateVenueBody, organizerId: string, traceparent: string): Promise<VenueCreation>;
  find(venueId: string): Promise<VenueRow | null>;
  /** By name. `next` is where the following page begins, or null at the end. */
  page(after: VenuePlace | null, limit: number): Promise<{ items: VenueRow[]; next: VenuePlace | null }>;
};

export function createVenues(parts: { database: Database; clock: Clock; wakeRelay: () => void }): Venues {
  const { database, clock, wakeRelay } = parts;

  async function create(body: CreateVenueBody, organizerId: string, traceparent: string): Promise<VenueCreation> {
    if (!isTimezone(body.timezone)) {
      return { ok: false, faults: [{ path: '$.timezone', message: 'is not a time zone of the IANA database' }] };
    }
    const optional = { state: body.state ?? null, postalCode: body.postalCode ?? null, facilities: body.facilities ?? {} };
    const venue: VenueRow = { ...body, ...optional, venueId: newId('venue'), organizerId };
    await database.transaction(async (tx) => {
      const now = clock.now();
      await insertVenue(tx, venue, now);
      await publishVenueCreated(tx, venue, now, traceparent);
    });
    wakeRelay();
    return { ok: true, venue };
  }

  async function page(after: VenuePlace | null, limit: number): Promise<{ items: VenueRow[]; next: VenuePlace | null }> {
    const rows = await venuePage(database, after, limit + 1);
    const items = rows.slice(0, limit);
    const last = items.at(-1);
    return { items, next: rows.length > limit && last !== undefined ? { name: last.name, venueId: last.venueId } : null };
  }

  return { create, find: (venueId) => venueById(database, venueId), page };
}
