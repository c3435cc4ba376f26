import type { SeatLetter } from '../../../contracts/http/seating.ts';
import { sql, type Tx } from '../../../platform/postgres/database.ts';
import type { PlaceState, SeatState } from '../domain/sale.ts';

export type SeatKey = { eventId: string; seatId: number };
export type SeatRow = SeatKey & SeatState;

type Row = { event_id: string; seat_id: number; status: SeatLetter; reservation_id: string | null };
type PlaceRow = { event_id: string; section_index: number } & PlaceState;

const READ_SEAT_STATES = sql(
  'seating.read_seat_states',
  `select event_id, seat_id, status, reservation_id
   from unnest($1::text[], $2::integer[]) as wanted (event_id, seat_id) join seat_state using (event_id, seat_id)`,
);

/** Seats of holds that ended: a late payment may take them again. `offset 0` keeps it a look-up per seat, whatever the tables' sizes. */
const READ_SEATS_OF_ENDED = sql(
  'seating.read_seats_of_ended',
  `select state.event_id, state.seat_id, state.status, state.reservation_id
   from reservation
   cross join unnest(reservation.seat_ids) as wanted (seat_id)
   cross join lateral (
     select * from seat_state where seat_state.event_id = reservation.event_id and seat_state.seat_id = wanted.seat_id offset 0
   ) as state
   where reservation.reservation_id = any($1::text[]) and reservation.status = 'EXPIRED'`,
);

const READ_PLACES = sql(
  'seating.read_places',
  `select event_id, section_index, capacity, reserved, allocated from place_state where event_id = any($1::text[])`,
);

const WRITE_SEAT_STATES = sql(
  'seating.write_seat_states',
  `update seat_state set status = given.status::"char", reservation_id = given.reservation_id
   from unnest($1::text[], $2::integer[], $3::text[], $4::text[]) as given (event_id, seat_id, status, reservation_id)
   where seat_state.event_id = given.event_id and seat_state.seat_id = given.seat_id`,
);

const WRITE_PLACES = sql(
  'seating.write_places',
  `update place_state set reserved = given.reserved, allocated = given.allocated
   from unnest($1::text[], $2::integer[], $3::integer[], $4::integer[]) as given (event_id, section_index, reserved, allocated)
   where place_state.event_id = given.event_id and place_state.section_index = given.section_index`,
);

/** Statuses of every seat of an event as one string, in the order of seatId. */
const READ_STATUSES = sql(
  'seating.read_statuses',
  `select coalesce(string_agg(status::text, '' order by seat_id), '') as statuses from seat_state where event_id = $1`,
);

export async function readSeatStates(tx: Tx, seats: readonly SeatKey[]): Promise<SeatRow[]> {
  const rows = await tx.rows<Row>(READ_SEAT_STATES, [seats.map((seat) => seat.eventId), seats.map((seat) => seat.seatId)]);
  return rows.map(toSeat);
}

export async function readSeatsOfEnded(tx: Tx, reservationIds: readonly string[]): Promise<SeatRow[]> {
  return (await tx.rows<Row>(READ_SEATS_OF_ENDED, [reservationIds])).map(toSeat);
}

export async function readPlaces(
  tx: Tx,
  eventIds: readonly string[],
): Promise<(PlaceState & { eventId: string; sectionIndex: number })[]> {
  const rows = await tx.rows<PlaceRow>(READ_PLACES, [eventIds]);
  return rows.map(({ event_id, section_index, ...place }) => ({ eventId: event_id, sectionIndex: section_index, ...place }));
}

export async function readStatuses(tx: Tx, eventId: string): Promise<string> {
  const [row] = await tx.rows<{ statuses: string }>(READ_STATUSES, [eventId]);
  return row?.statuses ?? '';
}

export function writeSeatStates(tx: Tx, seats: readonly SeatRow[]): Promise<number> {
  return tx.run(WRITE_SEAT_STATES, [
    seats.map((seat) => seat.eventId),
    seats.map((seat) => seat.seatId),
    seats.map((seat) => seat.status),
    seats.map((seat) => seat.reservationId),
  ]);
}

export function writePlaces(
  tx: Tx,
  places: readonly { eventId: string; sectionIndex: number; reserved: number; allocated: number }[],
): Promise<number> {
  return tx.run(WRITE_PLACES, [
    places.map((place) => place.eventId),
    places.map((place) => place.sectionIndex),
    places.map((place) => place.reserved),
    places.map((place) => place.allocated),
  ]);
}

function toSeat(row: Row): SeatRow {
  return { eventId: row.event_id, seatId: row.seat_id, status: row.status, reservationId: row.reservation_id };
}
