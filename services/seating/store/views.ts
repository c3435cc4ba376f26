import { sql, type Database } from '../../../platform/postgres/database.ts';
import type { SectionPlaces } from '../domain/sale.ts';

/** One statement is one snapshot: the version belongs exactly to these statuses and places. */
const READ_VIEW = sql(
  'seating.read_view',
  `select version, layout_version,
     (select coalesce(string_agg(status::text, '' order by seat_id), '') from seat_state where event_id = $1) as statuses,
     (select coalesce(json_agg(json_build_object('sectionIndex', section_index, 'capacity', capacity, 'reserved', reserved,
        'allocated', allocated)), '[]') from place_state where event_id = $1) as places
   from event_sale where event_id = $1`,
);

type Row = { version: string; layout_version: number; statuses: string; places: SectionPlaces[] };

export type StoredView = { version: number; layoutVersion: number; statuses: string; places: SectionPlaces[] };

export async function readView(database: Database, eventId: string): Promise<StoredView | null> {
  const [row] = await database.rows<Row>(READ_VIEW, [eventId]);
  if (!row) return null;
  return { version: Number(row.version), layoutVersion: row.layout_version, statuses: row.statuses, places: row.places };
}
