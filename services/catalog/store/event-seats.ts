import { sql, type Tx } from '../../../platform/postgres/database.ts';

export type SeatCounts = { eventId: string; totalSeats: number; availableSeats: number; version: number };

const KEEP = sql(
  'catalog.keep_seat_counts',
  `INSERT INTO event_seats AS kept (event_id, total_seats, available_seats, version)
   SELECT * FROM unnest($1::text[], $2::integer[], $3::integer[], $4::bigint[]) AS told (event_id, total_seats, available_seats, version)
   ORDER BY event_id
   ON CONFLICT (event_id) DO UPDATE
     SET total_seats = excluded.total_seats, available_seats = excluded.available_seats, version = excluded.version
     WHERE kept.version < excluded.version`,
);

/** Keeps the counts that are newer than what is there; each event at most once in `counts`. */
export async function keepSeatCounts(tx: Tx, counts: readonly SeatCounts[]): Promise<void> {
  await tx.run(KEEP, [
    counts.map((c) => c.eventId),
    counts.map((c) => c.totalSeats),
    counts.map((c) => c.availableSeats),
    counts.map((c) => c.version),
  ]);
}
