import { sql } from '../../platform/postgres/database.ts';
import { compare } from '../compare.ts';
import { finding, findings } from '../report.ts';
import { overEverything } from '../session.ts';
import { violating, violationsIn } from '../violating.ts';
import type { Check, Evidence } from './check.ts';

const TICKETS = sql(
  'verify.live_seat_tickets',
  `select event_id as "eventId", seat_id as "seatId", count(*)::integer as tickets, min(order_id) as "orderId",
     array_to_json(array_agg(ticket_id order by ticket_id)) as "ticketIds"
   from ticket where status <> 'REVOKED' and seat_id is not null group by event_id, seat_id`,
);
/** Sold twice, or free to be sold again. */
const TICKETS_WRONG = sql(
  'verify.tickets_wrong',
  `select told.*, reservation.order_id as "allocatedTo"
   from json_to_recordset($1::json) as told ("eventId" text, "seatId" integer, tickets integer, "orderId" text, "ticketIds" json)
   left join seat_state on seat_state.event_id = "eventId" and seat_id = "seatId" and seat_state.status = 'L'
   left join reservation using (reservation_id)
   where tickets > 1 or reservation.order_id is distinct from "orderId"`,
);
const SEATS_CLAIMED_TWICE = violating(
  'seats that two live reservations claim',
  'verify.seats_claimed_twice',
  `select event_id as "eventId", seat_id as "seatId", array_to_json(array_agg(reservation_id)) as "reservationIds"
   from reservation cross join unnest(seat_ids) as seat (seat_id)
   where status in ('RESERVED', 'ALLOCATED') group by event_id, seat_id having count(*) > 1`,
);
/** What the counters say, and what the reservations add up to. */
const SECTIONS_OVER_CAPACITY = violating(
  'sections with more places reserved + allocated than their capacity',
  'verify.sections_over_capacity',
  `select event_id as "eventId", name as section, capacity, reserved, allocated, coalesce(taken, 0) as "ofReservations"
   from place_state join section using (event_id, section_index)
   left join (
     select event_id, place.section_index, sum(place.quantity)::integer as taken
     from reservation cross join unnest(place_sections, place_quantities) as place (section_index, quantity)
     where status in ('RESERVED', 'ALLOCATED') group by event_id, place.section_index
   ) as given using (event_id, section_index)
   where reserved + allocated > capacity or coalesce(taken, 0) > capacity`,
);

export const noDoubleSale: Check = {
  invariant: 1,
  promise: 'a seat has at most one live ticket, and no section holds more than its capacity',
  check: async ({ seating, orders }: Evidence) => {
    const soldTwice = findings('seats with more than one live ticket');
    const notTaken = findings('live tickets for seats that seating has not allocated to their order');
    // Tickets first: a seat is allocated before its ticket is issued, so one that is sold meanwhile does not look free.
    const tickets = await compare({ in: orders, all: TICKETS }, { in: seating, differing: TICKETS_WRONG }, (...rows) => {
      for (const row of rows) (Number(row['tickets']) > 1 ? soldTwice : notTaken).add(row);
    });
    const claims = await overEverything(seating, (tx) => violationsIn(tx, [SEATS_CLAIMED_TWICE, SECTIONS_OVER_CAPACITY]));
    return finding(`${tickets} seats with tickets`, soldTwice.found(), notTaken.found(), claims);
  },
};
