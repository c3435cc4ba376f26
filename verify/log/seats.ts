import { sql } from '../../platform/postgres/database.ts';
import { findings, type Violation } from '../report.ts';
import type { Evidence } from '../invariants/check.ts';
import { compare } from '../compare.ts';
import type { Session } from '../session.ts';

const LOGGED_SALES = sql(
  'verify.logged_sales',
  `select event_id as "eventId", first::integer, last::integer, versions::integer from logged_sale`,
);
const SALES_DIFFER = sql(
  'verify.sales_differ',
  `select logged.*, version::integer from json_to_recordset($1::json) as logged ("eventId" text, first integer, last integer, versions integer)
   left join event_sale on event_id = "eventId"
   where version is distinct from last or versions <> last - first + 1`,
);
const LOGGED_SEATS = sql(
  'verify.logged_seats',
  `select event_id as "eventId", seat_id as "seatId", status, reservation_id as "reservationId" from logged_seat`,
);
const SEATS_DIFFER = sql(
  'verify.seats_differ_from_log',
  `select "eventId", "seatId", logged.status as "inLog", logged."reservationId" as "reservationInLog", seat_state.status::text,
     reservation_id as "reservationId"
   from json_to_recordset($1::json) as logged ("eventId" text, "seatId" integer, status text, "reservationId" text)
   left join seat_state on event_id = "eventId" and seat_id = "seatId"
   where seat_state.status::text is distinct from logged.status or reservation_id is distinct from logged."reservationId"`,
);
const TAKEN_SEATS = sql(
  'verify.taken_seats',
  `select event_id as "eventId", seat_id as "seatId", status::text from seat_state where status <> 'A'`,
);
/** Of a sale that is not retained whole, the log need not know what happened to a seat. */
const TAKEN_UNTOLD = sql(
  'verify.taken_seats_untold',
  `select taken.* from json_to_recordset($1::json) as taken ("eventId" text, "seatId" integer, status text)
   join logged_sale on logged_sale.event_id = "eventId" and whole
   left join logged_seat on logged_seat.event_id = "eventId" and seat_id = "seatId"
   where seat_id is null`,
);
const LOGGED_RESERVATIONS = sql(
  'verify.logged_reservations',
  `select reservation_id as "reservationId", status, quantity from logged_reservation`,
);
const RESERVATIONS_DIFFER = sql(
  'verify.reservations_differ',
  `select "reservationId", logged.status as "inLog", reservation.status, logged.quantity as "quantityInLog", reservation.quantity
   from json_to_recordset($1::json) as logged ("reservationId" text, status text, quantity integer)
   left join reservation on reservation_id = "reservationId"
   where reservation_id is null or reservation.status <> logged.status or reservation.quantity <> logged.quantity`,
);
const STORED_RESERVATIONS = sql(
  'verify.stored_reservations',
  `select reservation_id as "reservationId", event_id as "eventId", status from reservation`,
);
const RESERVATIONS_UNTOLD = sql(
  'verify.reservations_untold',
  `select stored.* from json_to_recordset($1::json) as stored ("reservationId" text, "eventId" text, status text)
   join logged_sale on logged_sale.event_id = "eventId" and whole
   left join logged_reservation on reservation_id = "reservationId"
   where reservation_id is null`,
);
const STORED_PLACES = sql(
  'verify.stored_places',
  `select event_id as "eventId", name as section, reserved, allocated from place_state join section using (event_id, section_index)`,
);
const PLACES_DIFFER = sql(
  'verify.places_differ_from_log',
  `select stored.*, coalesce(logged.reserved, 0) as "reservedInLog", coalesce(logged.allocated, 0) as "allocatedInLog"
   from json_to_recordset($1::json) as stored ("eventId" text, section text, reserved integer, allocated integer)
   join logged_sale on logged_sale.event_id = "eventId" and whole
   left join logged_places as logged on logged.event_id = "eventId" and logged.section = stored.section
   where stored.reserved <> coalesce(logged.reserved, 0) or stored.allocated <> coalesce(logged.allocated, 0)`,
);

/** What the log says of seats, places and reservations, against what seating has. */
export async function compareSeats(log: Session, seating: Evidence['seating']): Promise<{ seats: number; found: Violation[] }> {
  const sales = findings('sales whose log has gaps or does not end where the sale is');
  const seats = findings('seats that are not as the log says');
  const untoldSeats = findings('taken seats of which the log says nothing');
  const reservations = findings('reservations that are not as the log says');
  const untold = findings('reservations of which the log says nothing');
  const places = findings('sections whose places are not as the log says');
  await compare({ in: log, all: LOGGED_SALES }, { in: seating, differing: SALES_DIFFER }, sales.add);
  const looked = await compare({ in: log, all: LOGGED_SEATS }, { in: seating, differing: SEATS_DIFFER }, seats.add);
  await compare({ in: seating, all: TAKEN_SEATS }, { in: log, differing: TAKEN_UNTOLD }, untoldSeats.add);
  await compare({ in: log, all: LOGGED_RESERVATIONS }, { in: seating, differing: RESERVATIONS_DIFFER }, reservations.add);
  await compare({ in: seating, all: STORED_RESERVATIONS }, { in: log, differing: RESERVATIONS_UNTOLD }, untold.add);
  await compare({ in: seating, all: STORED_PLACES }, { in: log, differing: PLACES_DIFFER }, places.add);
  return { seats: looked, found: [sales, seats, untoldSeats, reservations, untold, places].flatMap((one) => one.found()) };
}
