import type { Venue } from '../../../contracts/http/catalog.ts';
import { sql, type Tx } from '../../../platform/postgres/database.ts';

export type VenueRow = Omit<Venue, 'state' | 'postalCode'> & { state: string | null; postalCode: string | null };

const COLUMNS = `venue_id AS "venueId", organizer_id AS "organizerId", name, address, city, state, country, postal_code AS "postalCode",
  capacity, venue_type AS "venueType", facilities, timezone`;

const INSERT = sql(
  'catalog.insert_venue',
  `INSERT INTO venue (venue_id, organizer_id, name, address, city, state, country, postal_code, capacity, venue_type, facilities, timezone, created_at)
   VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`,
);
const BY_ID = sql('catalog.venue_by_id', `SELECT ${COLUMNS} FROM venue WHERE venue_id = $1`);
const LOCK = sql('catalog.lock_venue', `SELECT ${COLUMNS} FROM venue WHERE venue_id = $1 FOR NO KEY UPDATE`);
const UPDATE = sql(
  'catalog.update_venue',
  `UPDATE venue SET name = $2, address = $3, city = $4, state = $5, country = $6, postal_code = $7, capacity = $8, venue_type = $9,
     facilities = $10, timezone = $11
   WHERE venue_id = $1`,
);
const DELETE = sql('catalog.delete_venue', 'DELETE FROM venue WHERE venue_id = $1');
const PAGE = sql(
  'catalog.venue_page',
  `SELECT ${COLUMNS} FROM venue WHERE $1::text IS NULL OR (name, venue_id) > ($1, $2) ORDER BY name, venue_id LIMIT $3`,
);

export async function insertVenue(tx: Tx, venue: VenueRow, createdAt: Date): Promise<void> {
  const { venueId, organizerId, name, address, city, state, country, postalCode, capacity, venueType, facilities, timezone } =
    venue;
  const json = JSON.stringify(facilities);
  await tx.run(INSERT, [
    venueId,
    organizerId,
    name,
    address,
    city,
    state,
    country,
    postalCode,
    capacity,
    venueType,
    json,
    timezone,
    createdAt,
  ]);
}

export async function venueById(tx: Tx, venueId: string): Promise<VenueRow | null> {
  const [row] = await tx.rows<VenueRow>(BY_ID, [venueId]);
  return row ?? null;
}

/** The venue as it stays until the transaction ends. Events can be made at it meanwhile. */
export async function lockVenue(tx: Tx, venueId: string): Promise<VenueRow | null> {
  const [row] = await tx.rows<VenueRow>(LOCK, [venueId]);
  return row ?? null;
}

export async function updateVenue(tx: Tx, v: VenueRow): Promise<void> {
  await tx.run(UPDATE, [
    v.venueId,
    v.name,
    v.address,
    v.city,
    v.state,
    v.country,
    v.postalCode,
    v.capacity,
    v.venueType,
    JSON.stringify(v.facilities),
    v.timezone,
  ]);
}

/** @throws a foreign key violation when the venue has events, also one that is being made at this moment */
export async function deleteVenue(tx: Tx, venueId: string): Promise<void> {
  await tx.run(DELETE, [venueId]);
}

/** Venues by name, from after a venue on. */
export function venuePage(tx: Tx, after: { name: string; venueId: string } | null, limit: number): Promise<VenueRow[]> {
  return tx.rows<VenueRow>(PAGE, [after?.name ?? null, after?.venueId ?? null, limit]);
}
