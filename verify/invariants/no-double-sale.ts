import { sql } from '../../platform/postgres/database.ts';
import { finding, violation } from '../report.ts';
import type { Check, Evidence } from './check.ts';

const TICKETS = sql(
  'verify.live_seat_tickets',
  `select event_id as "eventId", seat_id as "seatId", count(*)::integer as tickets, min(order_id) as "orderId",
     array_to_json(array_agg(ticket_id order by ticket_id)) as "ticketIds"
   from ticket where status <> 'REVOKED' and seat_id is not null group by event_id, seat_id`,
);
const SEATS_OF_ORDERS = sql(
  'verify.seats_of_orders',
  `select seat_state.event_id as "eventId", seat_id as "seatId", reservation.order_id as "orderId"
   from seat_state join reservation using (reservation_id) where seat_state.status = 'L'`,
);
const SEATS_CLAIMED_TWICE = sql(
  'verify.seats_claimed_twice',
  `select event_id as "eventId", seat_id as "seatId", array_to_json(array_agg(reservation_id)) as "reservationIds"
   from reservation cross join unnest(seat_ids) as seat (seat_id)
   where status in ('RESERVED', 'ALLOCATED') group by event_id, seat_id having count(*) > 1`,
);
/** What the counters say, and what the reservations add up to. */
const SECTIONS_OVER_CAPACITY = sql(
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

type TicketRow = { eventId: string; seatId: number; tickets: number; orderId: string; ticketIds: string[] };
type SeatRow = { eventId: string; seatId: number; orderId: string | null };

export const noDoubleSale: Check = {
  invariant: 1,
  promise: 'a seat has at most one live ticket, and no section holds more than its capacity',
  check: async ({ seating, orders }: Evidence) => {
    // Tickets first: a seat is allocated before its ticket is issued, so one that is sold meanwhile does not look free.
    const tickets = await orders.rows<TicketRow>(TICKETS);
    const [seats, claimedTwice, overCapacity] = await Promise.all([
      seating.rows<SeatRow>(SEATS_OF_ORDERS),
      seating.rows<Record<string, unknown>>(SEATS_CLAIMED_TWICE),
      seating.rows<Record<string, unknown>>(SECTIONS_OVER_CAPACITY),
    ]);
    const orderOf = new Map(seats.map(({ eventId, seatId, orderId }) => [`${eventId} ${seatId}`, orderId]));
    const soldTwice = tickets.filter((ticket) => ticket.tickets > 1);
    // Such a seat is free to be sold again.
    const notTaken = tickets.filter(
      ({ eventId, seatId, orderId, tickets: number }) => number === 1 && orderOf.get(`${eventId} ${seatId}`) !== orderId,
    );
    return finding(
      `${tickets.length} seats with tickets`,
      violation('seats with more than one live ticket', soldTwice),
      violation('live tickets for seats that seating has not allocated to their order', notTaken),
      violation('seats that two live reservations claim', claimedTwice),
      violation('sections with more places reserved + allocated than their capacity', overCapacity),
    );
  },
};
