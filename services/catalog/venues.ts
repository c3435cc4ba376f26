import { isDeepStrictEqual } from 'node:util';
import type { CreateVenueBody, UpdateVenueBody } from '../../contracts/http/catalog.ts';
import { newId } from '../../contracts/ids.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Database } from '../../platform/postgres/database.ts';
import { isForeignKeyViolation } from '../../platform/postgres/errors.ts';
import { publishVenue } from './domain-events.ts';
import { mayEdit, type Viewer } from './domain/access.ts';
import type { Fault } from './domain/fault.ts';
import { isTimezone } from './domain/known-names.ts';
import { deleteVenue, insertVenue, lockVenue, updateVenue, venueById, venuePage, type VenueRow } from './store/venues.ts';

export type VenueCreation = { ok: true; venue: VenueRow } | { ok: false; faults: Fault[] };
export type VenueChange =
  | { ok: true; venue: VenueRow }
  | { ok: false; code: 'VENUE_NOT_FOUND' | 'FORBIDDEN' }
  | { ok: false; code: 'VALIDATION_FAILED'; faults: Fault[] };
export type VenueRemoval = { ok: true } | { ok: false; code: 'VENUE_NOT_FOUND' | 'FORBIDDEN' | 'VENUE_IN_USE' };
export type VenuePlace = { name: string; venueId: string };

export type Venues = {
  create(body: CreateVenueBody, organizerId: string, traceparent: string): Promise<VenueCreation>;
  change(venueId: string, changes: UpdateVenueBody, viewer: Viewer, traceparent: string): Promise<VenueChange>;
  /** Refused while it has events, past and cancelled ones too: they happen somewhere. */
  remove(venueId: string, viewer: Viewer): Promise<VenueRemoval>;
  find(venueId: string): Promise<VenueRow | null>;
  /** By name. `next` is where the following page begins, or null at the end. */
  page(after: VenuePlace | null, limit: number): Promise<{ items: VenueRow[]; next: VenuePlace | null }>;
};

export function createVenues(parts: { database: Database; clock: Clock; wakeRelay: () => void }): Venues {
  const { database, clock, wakeRelay } = parts;

  async function create(body: CreateVenueBody, organizerId: string, traceparent: string): Promise<VenueCreation> {
    const faults = faultsOf(body);
    if (faults.length > 0) return { ok: false, faults };
    const optional = { state: body.state ?? null, postalCode: body.postalCode ?? null, facilities: body.facilities ?? {} };
    const venue: VenueRow = { ...body, ...optional, venueId: newId('venue'), organizerId };
    await database.transaction(async (tx) => {
      const now = clock.now();
      await insertVenue(tx, venue, now);
      await publishVenue(tx, 'venue.created', { venue, at: now, traceparent });
    });
    wakeRelay();
    return { ok: true, venue };
  }

  async function change(venueId: string, changes: UpdateVenueBody, viewer: Viewer, traceparent: string): Promise<VenueChange> {
    const faults = faultsOf(changes);
    if (faults.length > 0) return { ok: false, code: 'VALIDATION_FAILED', faults };
    const result = await database.transaction(async (tx): Promise<VenueChange> => {
      const before = await lockVenue(tx, venueId);
      if (before === null) return { ok: false, code: 'VENUE_NOT_FOUND' };
      if (!mayEdit(viewer, before)) return { ok: false, code: 'FORBIDDEN' };
      const venue: VenueRow = { ...before, ...changes };
      if (isDeepStrictEqual(venue, before)) return { ok: true, venue: before };
      await updateVenue(tx, venue);
      await publishVenue(tx, 'venue.updated', { venue, at: clock.now(), traceparent });
      return { ok: true, venue };
    });
    if (result.ok) wakeRelay();
    return result;
  }

  async function remove(venueId: string, viewer: Viewer): Promise<VenueRemoval> {
    try {
      return await database.transaction(async (tx): Promise<VenueRemoval> => {
        const venue = await lockVenue(tx, venueId);
        if (venue === null) return { ok: false, code: 'VENUE_NOT_FOUND' };
        if (!mayEdit(viewer, venue)) return { ok: false, code: 'FORBIDDEN' };
        await deleteVenue(tx, venueId);
        return { ok: true };
      });
    } catch (error) {
      if (isForeignKeyViolation(error)) return { ok: false, code: 'VENUE_IN_USE' };
      throw error;
    }
  }

  async function page(after: VenuePlace | null, limit: number): Promise<{ items: VenueRow[]; next: VenuePlace | null }> {
    const rows = await venuePage(database, after, limit + 1);
    const items = rows.slice(0, limit);
    const last = items.at(-1);
    return { items, next: rows.length > limit && last !== undefined ? { name: last.name, venueId: last.venueId } : null };
  }

  return { create, change, remove, find: (venueId) => venueById(database, venueId), page };
}

function faultsOf({ timezone }: { timezone?: string }): Fault[] {
  if (timezone === undefined || isTimezone(timezone)) return [];
  return [{ path: '$.timezone', message: 'is not a time zone of the IANA database' }];
}
