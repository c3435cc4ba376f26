import { IS_REFUSED } from '../refused-tickets.ts';
import { sql } from '../../platform/postgres/database.ts';
import { compare } from '../compare.ts';
import { finding, findings } from '../report.ts';
import { overEverything } from '../session.ts';
import { violating, violationsIn } from '../violating.ts';
import type { Check, Evidence } from './check.ts';

const HELD_BY_NOBODY = violating(
  'seats RESERVED without a live reservation',
  'verify.held_by_nobody',
  `select seat_state.event_id as "eventId", seat_id as "seatId", reservation_id as "reservationId", reservation.status as "reservationStatus"
   from seat_state left join reservation using (reservation_id)
   where seat_state.status = 'R' and reservation.status is distinct from 'RESERVED'`,
);
const HELD_BY_ENDED = violating(
  'ended reservations that still hold seats',
  'verify.held_by_ended',
  `select reservation_id as "reservationId", reservation.status, count(*)::integer as seats, min(seat_id) as "firstSeatId"
   from reservation join seat_state using (event_id, reservation_id)
   where reservation.status in ('RELEASED', 'EXPIRED') group by reservation_id`,
);
/** A hold holds all its seats or none: a live one that lost some has ended by halves. */
const NOT_WHOLE = violating(
  'live reservations that do not hold all their seats',
  'verify.holds_not_whole',
  `select claim.reservation_id as "reservationId", claim.status, count(*)::integer as seats, count(seat_state.seat_id)::integer as held
   from (select reservation_id, event_id, status, unnest(seat_ids) as seat_id from reservation where status in ('RESERVED', 'ALLOCATED')) as claim
   left join seat_state on seat_state.event_id = claim.event_id and seat_state.seat_id = claim.seat_id
     and seat_state.reservation_id = claim.reservation_id
     and seat_state.status = case claim.status when 'RESERVED' then 'R'::"char" else 'L'::"char" end
   group by 1, 2 having count(*) <> count(seat_state.seat_id)`,
);
const PLACES_DIFFER = violating(
  'sections whose places are not those of their live reservations',
  'verify.places_differ',
  `select event_id as "eventId", name as section, reserved, coalesce(given.reserved_now, 0) as "reservedByHolds", allocated,
     coalesce(given.allocated_now, 0) as "allocatedToOrders"
   from place_state join section using (event_id, section_index)
   left join (
     select event_id, place.section_index,
       sum(place.quantity) filter (where status = 'RESERVED')::integer as reserved_now,
       sum(place.quantity) filter (where status = 'ALLOCATED')::integer as allocated_now
     from reservation cross join unnest(place_sections, place_quantities) as place (section_index, quantity)
     group by event_id, place.section_index
   ) as given using (event_id, section_index)
   where reserved <> coalesce(given.reserved_now, 0) or allocated <> coalesce(given.allocated_now, 0)`,
);
const COUNTS = sql(
  'verify.reservation_counts',
  `select count(*)::integer as all, count(*) filter (where status in ('RELEASED', 'EXPIRED'))::integer as ended from reservation`,
);
const ALLOCATED = sql(
  'verify.allocated_reservations',
  `select reservation_id as "reservationId", order_id as "orderId", quantity from reservation where status = 'ALLOCATED'`,
);
/** What is owed for a void ticket is told by promise 3: its seat stays taken until the money went back. */
const UNTICKETED = sql(
  'verify.allocated_without_tickets',
  `select allocated.*, tickets::integer from json_to_recordset($1::json) as allocated ("reservationId" text, "orderId" text, quantity integer)
   cross join lateral (select count(*) as tickets from ticket where order_id = "orderId" and (status <> 'REVOKED' or ${IS_REFUSED})) as live
   where tickets < quantity`,
);

export const holdsEnd: Check = {
  invariant: 4,
  promise: 'a hold that ends gives all its seats and places back, together',
  check: async ({ seating, orders, busy }: Evidence) => {
    const { counts, wrong } = await overEverything(seating, async (tx) => ({
      counts: (await tx.rows<{ all: number; ended: number }>(COUNTS))[0],
      wrong: await violationsIn(tx, [HELD_BY_NOBODY, HELD_BY_ENDED, NOT_WHOLE, PLACES_DIFFER]),
    }));
    const lost = findings('seats and places taken for good without a ticket');
    // Between allocation and confirmation this is how it should be.
    if (busy.length === 0) await compare({ in: seating, all: ALLOCATED }, { in: orders, differing: UNTICKETED }, lost.add);
    return finding(`${counts?.all ?? 0} reservations, ${counts?.ended ?? 0} of them ended`, wrong, lost.found());
  },
};
