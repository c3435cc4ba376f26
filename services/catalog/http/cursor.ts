import { isId } from '../../../contracts/ids.ts';
import { validationFailed } from '../../../platform/http/validation.ts';
import type { EventSort } from '../../../contracts/http/catalog.ts';
import type { EventPlace } from '../store/event-place.ts';
import type { VenuePlace } from '../venues.ts';

/** Cursors are for us to read, not for clients: a place in a list as JSON in base64url. They hold nothing that is secret. */
function encode(parts: readonly unknown[]): string {
  return Buffer.from(JSON.stringify(parts)).toString('base64url');
}

function decode(cursor: string): unknown[] {
  try {
    const parts: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString());
    if (Array.isArray(parts)) return parts;
  } catch {
    // Told below, like every other text that is no cursor.
  }
  return [];
}

function notOurs(): Error {
  return validationFailed([{ path: 'query.cursor', message: 'is not a nextCursor of this list' }]);
}

export function encodeEventPlace({ asOf, place, eventId }: EventPlace, sort: EventSort | undefined): string {
  return encode([asOf.getTime(), place, eventId, sort ?? null]);
}

/** @throws ApiError `VALIDATION_FAILED`, also for a place in a list of another order */
export function decodeEventPlace(cursor: string, sort: EventSort | undefined): EventPlace {
  const [asOf, place, eventId, sortedBy] = decode(cursor);
  const isTime = typeof asOf === 'number' && Number.isSafeInteger(asOf) && Math.abs(asOf) < 1e14;
  const isPlace = typeof place === 'string' && (byName(sort) ? !place.includes('\0') : /^\d{1,15}$/.test(place));
  const isEvent = typeof eventId === 'string' && isId('event', eventId);
  if (!isTime || !isPlace || !isEvent || sortedBy !== (sort ?? null)) throw notOurs();
  return { asOf: new Date(asOf), place, eventId };
}

function byName(sort: EventSort | undefined): boolean {
  return sort === 'name' || sort === '-name';
}

export function encodeVenuePlace({ name, venueId }: VenuePlace): string {
  return encode([name, venueId]);
}

/** @throws ApiError `VALIDATION_FAILED` */
export function decodeVenuePlace(cursor: string): VenuePlace {
  const [name, venueId] = decode(cursor);
  if (typeof name !== 'string' || name.includes('\0') || typeof venueId !== 'string' || !isId('venue', venueId)) throw notOurs();
  return { name, venueId };
}
