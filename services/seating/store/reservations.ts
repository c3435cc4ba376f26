import type { AllocationOutcome, ReservationStatus } from '../../../contracts/http/seating.ts';
import type { ReleaseReason } from '../../../contracts/events/seat.ts';
import { sql, type Tx } from '../../../platform/postgres/database.ts';
import { idArray } from '../../../platform/postgres/id-array.ts';
import { joinJsonTexts } from '../../../platform/postgres/joined-texts.ts';
import { CALLED_OFF, type ReservationContent, type ReservationState } from '../domain/sale.ts';

type Row = {
  reservation_id: string;
  event_id: string;
  user_id: string;
  status: ReservationStatus;
  seat_ids: number[];
  place_sections: number[];
  place_quantities: number[];
  quantity: number;
  content: ReservationContent;
  reserved_at: Date;
  expires_at: Date;
  held_until: Date;
  paying_order_id: string | null;
  paying_payment_id: string | null;
  order_id: string | null;
  outcome: AllocationOutcome | null;
  ended_at: Date | null;
  end_reason: ReleaseReason | null;
  refund_ids: string[];
};

const COLUMNS = `reservation_id, event_id, user_id, status, array_to_json(seat_ids) as seat_ids,
  array_to_json(place_sections) as place_sections, array_to_json(place_quantities) as place_quantities, quantity, content,
  reserved_at, expires_at, held_until, paying_order_id, paying_payment_id, order_id, outcome, ended_at, end_reason,
  array_to_json(refund_ids) as refund_ids`;

const READ_RESERVATIONS = sql(
  'seating.read_reservations',
  `select ${COLUMNS} from reservation where reservation_id = any($1::text[])`,
);

/** The batch's one reading of the clock, and what is due at it: always at least one row. */
const READ_DUE = sql(
  'seating.read_due',
  `with clock as materialized (select seating_now() as now)
   select clock.now, due.*
   from clock left join lateral (
     select due_of_event.* from unnest($1::text[]) as wanted (event_id) cross join lateral (
       select ${COLUMNS} from reservation
       where status = 'RESERVED' and reservation.event_id = wanted.event_id and held_until <= clock.now
       order by held_until limit $2
     ) as due_of_event limit $2
   ) as due on true`,
);

/**
 * A count per buyer who has any, so that there is no way to do it but to look each of them up. As a join it may be planned, while the table is
 * empty, as one pass over all live reservations, and that plan stays until the table is analyzed: well into the rush.
 */
const READ_TICKETS = sql(
  'seating.read_tickets',
  `select event_id, user_id, tickets
   from unnest($1::text[], $2::text[]) as wanted (event_id, user_id) cross join lateral (
     select coalesce(sum(quantity), 0)::integer as tickets from reservation
     where reservation.event_id = wanted.event_id and reservation.user_id = wanted.user_id and status in ('RESERVED', 'ALLOCATED')
   ) as live where tickets > 0`,
);

const INSERT_RESERVATIONS = sql(
  'seating.insert_reservations',
  `insert into reservation (reservation_id, event_id, user_id, status, seat_ids, place_sections, place_quantities, quantity, content,
     reserved_at, expires_at, held_until, paying_order_id, order_id, outcome, ended_at, end_reason)
   select reservation_id, event_id, user_id, status, seat_ids::integer[], place_sections::integer[], place_quantities::integer[],
     quantity, content::json, reserved_at, expires_at, held_until, paying_order_id, order_id, outcome, ended_at, end_reason
   from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::integer[],
     string_to_array($9::text, E'\\x1E'), $10::timestamptz[], $11::timestamptz[], $12::timestamptz[], $13::text[], $14::text[], $15::text[], $16::timestamptz[],
     $17::text[]) as given (reservation_id, event_id, user_id, status, seat_ids, place_sections, place_quantities, quantity, content,
     reserved_at, expires_at, held_until, paying_order_id, order_id, outcome, ended_at, end_reason)`,
);

const UPDATE_RESERVATIONS = sql(
  'seating.update_reservations',
  `update reservation set status = given.status, held_until = given.held_until, paying_order_id = given.paying_order_id,
     paying_payment_id = given.paying_payment_id, order_id = given.order_id, outcome = given.outcome, ended_at = given.ended_at,
     end_reason = given.end_reason
   from unnest($1::text[], $2::text[], $3::timestamptz[], $4::text[], $5::text[], $6::text[], $7::text[], $8::timestamptz[], $9::text[])
     as given (reservation_id, status, held_until, paying_order_id, paying_payment_id, order_id, outcome, ended_at, end_reason)
   where reservation.reservation_id = given.reservation_id and reservation.reservation_id = any($1::text[])`,
);

/** One at a time, since refunds are rare: the statement above, which every sale goes through, stays small. */
const UPDATE_REFUNDED = sql(
  'seating.update_refunded',
  `update reservation set seat_ids = $2, place_sections = $3, place_quantities = $4, quantity = $5, refund_ids = $6
   where reservation_id = $1`,
);

/** Steps from event to event along the index of holds, and looks at the first hold of each: its cost does not grow with the holds. */
const EVENTS_WITH_DUE = sql(
  'seating.events_with_due',
  `with recursive clock as materialized (select seating_now() as now), held as (
     (select event_id from reservation where status = 'RESERVED' order by event_id limit 1)
     union all
     select (select event_id from reservation where status = 'RESERVED' and reservation.event_id > held.event_id order by event_id limit 1)
     from held where held.event_id is not null
   )
   select event_id from held
   where (select min(held_until) from reservation where status = 'RESERVED' and reservation.event_id = held.event_id) <= (select now from clock)
   limit 5000`,
);

/** Walks as above. What is being paid for stays until its payment has ended: it is refused then, and refunded. */
const HOLDS_OF_CALLED_OFF = sql(
  'seating.holds_of_called_off',
  `with recursive held as (
     (select event_id from reservation where status = 'RESERVED' order by event_id limit 1)
     union all
     select (select event_id from reservation where status = 'RESERVED' and reservation.event_id > held.event_id order by event_id limit 1)
     from held where held.event_id is not null
   )
   select event_id, reservation_id
   from held join event_sale using (event_id) cross join lateral (
     select reservation_id from reservation
     where reservation.event_id = held.event_id and status = 'RESERVED' and paying_order_id is null
     order by held_until limit $2
   ) as hold
   where event_sale.status = any($1::text[])
   limit $2`,
);

const EVENTS_OF_RESERVATIONS = sql(
  'seating.events_of_reservations',
  `select reservation_id, event_id from reservation where reservation_id = any($1::text[])`,
);

export async function readReservations(tx: Tx, reservationIds: readonly string[]): Promise<ReservationState[]> {
  return (await tx.rows<Row>(READ_RESERVATIONS, [reservationIds])).map(toReservation);
}

/** The database's clock, and holds of these events that are over by it: at most `limit`, of each event the longest overdue first. */
export async function readDue(
  tx: Tx,
  eventIds: readonly string[],
  limit: number,
): Promise<{ now: Date; due: ReservationState[] }> {
  const rows = await tx.rows<Row & { now: Date }>(READ_DUE, [eventIds, limit]);
  const [first] = rows;
  if (!first) throw new Error('seating.read_due answered no row');
  return { now: first.now, due: first.reservation_id ? rows.map(toReservation) : [] };
}

/** Live tickets of buyers of an event; whoever has none is left out. */
export async function readTickets(
  tx: Tx,
  buyers: readonly { eventId: string; userId: string }[],
): Promise<{ eventId: string; userId: string; tickets: number }[]> {
  const values = [idArray(buyers.map((buyer) => buyer.eventId)), idArray(buyers.map((buyer) => buyer.userId))];
  const rows = await tx.rows<{ event_id: string; user_id: string; tickets: number }>(READ_TICKETS, values);
  return rows.map((row) => ({ eventId: row.event_id, userId: row.user_id, tickets: row.tickets }));
}

export function insertReservations(tx: Tx, reservations: readonly ReservationState[]): Promise<number> {
  const column = <T>(pick: (reservation: ReservationState) => T) => reservations.map(pick);
  return tx.run(INSERT_RESERVATIONS, [
    idArray(column((r) => r.reservationId)),
    idArray(column((r) => r.eventId)),
    idArray(column((r) => r.userId)),
    idArray(column((r) => r.status)),
    column((r) => `{${r.seatIds.join(',')}}`),
    column((r) => `{${r.places.map((place) => place.sectionIndex).join(',')}}`),
    column((r) => `{${r.places.map((place) => place.quantity).join(',')}}`),
    column((r) => r.quantity),
    joinJsonTexts(column((r) => JSON.stringify(r.content))),
    column((r) => r.reservedAt.toISOString()),
    column((r) => r.expiresAt.toISOString()),
    column((r) => r.heldUntil.toISOString()),
    column((r) => r.payingOrderId),
    column((r) => r.orderId),
    column((r) => r.outcome),
    column((r) => r.endedAt),
    column((r) => r.endReason),
  ]);
}

/** Writes what changes of reservations that exist. */
export function updateReservations(tx: Tx, reservations: readonly ReservationState[]): Promise<number> {
  const column = <T>(pick: (reservation: ReservationState) => T) => reservations.map(pick);
  return tx.run(UPDATE_RESERVATIONS, [
    column((r) => r.reservationId),
    column((r) => r.status),
    column((r) => r.heldUntil),
    column((r) => r.payingOrderId),
    column((r) => r.payingPaymentId),
    column((r) => r.orderId),
    column((r) => r.outcome),
    column((r) => r.endedAt),
    column((r) => r.endReason),
  ]);
}

/** Writes what a reservation still has after a refund. */
export function updateRefunded(
  tx: Tx,
  { reservationId, seatIds, places, quantity, refundIds }: ReservationState,
): Promise<number> {
  const sections = places.map((place) => place.sectionIndex);
  const quantities = places.map((place) => place.quantity);
  return tx.run(UPDATE_REFUNDED, [reservationId, seatIds, sections, quantities, quantity, refundIds]);
}

/** Events that have holds to end. Bounded: the next look finds the rest. */
export async function eventsWithDue(tx: Tx): Promise<string[]> {
  return (await tx.rows<{ event_id: string }>(EVENTS_WITH_DUE)).map((row) => row.event_id);
}

/** Holds of events that will not take place, at most `limit`, without those that are being paid for. */
export async function holdsOfCalledOff(tx: Tx, limit: number): Promise<{ eventId: string; reservationId: string }[]> {
  const rows = await tx.rows<{ event_id: string; reservation_id: string }>(HOLDS_OF_CALLED_OFF, [CALLED_OFF, limit]);
  return rows.map((row) => ({ eventId: row.event_id, reservationId: row.reservation_id }));
}

/** Which event a reservation is of, which never changes. */
export async function eventsOfReservations(tx: Tx, reservationIds: readonly string[]): Promise<Map<string, string>> {
  const rows = await tx.rows<{ reservation_id: string; event_id: string }>(EVENTS_OF_RESERVATIONS, [reservationIds]);
  return new Map(rows.map((row) => [row.reservation_id, row.event_id]));
}

function toReservation(row: Row): ReservationState {
  return {
    reservationId: row.reservation_id,
    eventId: row.event_id,
    userId: row.user_id,
    status: row.status,
    seatIds: row.seat_ids,
    places: row.place_sections.map((sectionIndex, index) => ({ sectionIndex, quantity: row.place_quantities[index] ?? 0 })),
    quantity: row.quantity,
    content: row.content,
    reservedAt: row.reserved_at,
    expiresAt: row.expires_at,
    heldUntil: row.held_until,
    payingOrderId: row.paying_order_id,
    payingPaymentId: row.paying_payment_id,
    orderId: row.order_id,
    outcome: row.outcome,
    endedAt: row.ended_at,
    endReason: row.end_reason,
    refundIds: row.refund_ids,
  };
}
