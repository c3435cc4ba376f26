import { sql, type Tx } from '../../platform/postgres/database.ts';
import { overEverything, type Session } from '../session.ts';

/** Every domain event of a sale that the log retains, with what of it is compared. JSON that says nothing of that is left behind. */
const FACTS = sql(
  'verify.create_facts',
  `create temporary table fact on commit drop as
   select topic, log_offset, position, one.id, type, "eventId" as event_id, version, "reservationId" collate "C" as reservation_id,
     "orderId" collate "C" as order_id, "paymentId" collate "C" as payment_id, "refundId" collate "C" as refund_id, reason,
     "previousStatus" as previous_status, "seatIds" as seat_ids, places, jsonb_array_length(tickets) as tickets
   from record
   cross join lateral rows from (jsonb_to_recordset(events::jsonb) as (id text, type text, data jsonb)) with ordinality
     as one (id, type, data, position)
   cross join lateral jsonb_to_record(data) as what ("eventId" text, version bigint, "reservationId" text, "orderId" text,
     "paymentId" text, "refundId" text, reason text, "previousStatus" text, "seatIds" jsonb, places jsonb, tickets jsonb)
   where topic in ('seat.events', 'booking.events', 'payment.events')`,
);
/** Versions grow by one, so a sale whose first one is retained is retained whole. */
const SALES = sql(
  'verify.create_logged_sales',
  `create temporary table logged_sale on commit drop as
   select event_id, min(version) = 1 as whole, min(version) as first, max(version) as last, count(distinct version) as versions
   from fact where topic = 'seat.events' and version is not null group by event_id`,
);
/** The last that is told of a seat says all of it. */
const SEATS = sql(
  'verify.create_logged_seats',
  `create temporary table logged_seat on commit drop as
   select distinct on (event_id, seat_id) event_id collate "C" as event_id, seat_id,
     case type when 'seat.reserved' then 'R' when 'seat.allocated' then 'L' when 'seat.blocked' then 'B' else 'A' end as status,
     case when type in ('seat.reserved', 'seat.allocated') then reservation_id end as reservation_id
   from fact cross join lateral (select seat::integer as seat_id from jsonb_array_elements_text(seat_ids) as seat) as changed
   where type in ('seat.reserved', 'seat.allocated', 'seat.released', 'seat.blocked', 'seat.unblocked')
   order by event_id, seat_id, log_offset desc, position desc`,
);
/** A refund gives part of a reservation back; it is over when nothing is left. `quantity` is null when its beginning is not retained. */
const RESERVATIONS = sql(
  'verify.create_logged_reservations',
  `create temporary table logged_reservation on commit drop as
   with told as (
     select *, coalesce(jsonb_array_length(seat_ids), 0)
       + coalesce((select sum((place ->> 'quantity')::integer) from jsonb_array_elements(places) as place), 0)::integer as amount,
       type = 'seat.released' and previous_status = 'ALLOCATED' as given_back
     from fact where type in ('seat.reserved', 'seat.allocated', 'seat.released')
   ), amounts as (
     select reservation_id, case when bool_or(type = 'seat.reserved')
       then sum(case when type = 'seat.reserved' then amount when given_back then -amount else 0 end)::integer end as quantity
     from told group by reservation_id
   ), latest as (
     select distinct on (reservation_id) reservation_id, event_id, type, reason, given_back
     from told order by reservation_id, log_offset desc, position desc
   )
   select reservation_id, event_id, quantity,
     case when type = 'seat.reserved' then 'RESERVED' when type = 'seat.allocated' then 'ALLOCATED'
       when given_back then case when quantity is null then null when quantity > 0 then 'ALLOCATED' else 'RELEASED' end
       when reason = 'EXPIRED' then 'EXPIRED' else 'RELEASED' end as status
   from latest join amounts using (reservation_id)`,
);
const PLACES = sql(
  'verify.create_logged_places',
  `create temporary table logged_places on commit drop as
   select event_id, place ->> 'section' as section,
     sum(quantity * case when type = 'seat.reserved' then 1 when previous_status = 'RESERVED' then -1 else 0 end)::integer as reserved,
     sum(quantity * case when type = 'seat.allocated' then 1 when type = 'seat.released' and previous_status = 'ALLOCATED' then -1
       else 0 end)::integer as allocated
   from fact cross join lateral jsonb_array_elements(places) as place
   cross join lateral (select (place ->> 'quantity')::integer as quantity) as amount
   where type in ('seat.reserved', 'seat.allocated', 'seat.released') group by event_id, place ->> 'section'`,
);
const ORDERS = sql(
  'verify.create_logged_orders',
  `create temporary table logged_order on commit drop as
   select order_id, array_agg(distinct type) as types, coalesce(sum(tickets) filter (where type = 'ticket.issued'), 0)::integer as issued,
     coalesce(sum(tickets) filter (where type = 'ticket.revoked'), 0)::integer as revoked
   from fact where topic = 'booking.events' group by order_id`,
);
/** A refund may fail and be tried anew under another id; one id has one outcome. */
const PAYMENTS = sql(
  'verify.create_logged_payments',
  `create temporary table logged_payment on commit drop as
   select payment_id as id, array_agg(distinct type) as types
   from fact where topic = 'payment.events' and refund_id is null group by payment_id
   union all
   select refund_id, array_agg(distinct type) from fact where topic = 'payment.events' and refund_id is not null group by refund_id`,
);
const INDEXES = [
  'logged_sale (event_id)',
  'logged_seat (event_id, seat_id)',
  'logged_reservation (reservation_id)',
  'logged_places (event_id, section)',
  'logged_order (order_id)',
  'logged_payment (id)',
].map((columns, index) => sql(`verify.index_${index}`, `create index on ${columns}`));
const ANALYZE_FACTS = sql('verify.analyze_facts', 'analyze fact');
const ANALYZE = sql(
  'verify.analyze_replay',
  'analyze logged_sale, logged_seat, logged_reservation, logged_places, logged_order, logged_payment',
);
const STEPS = [FACTS, ANALYZE_FACTS, SALES, SEATS, RESERVATIONS, PLACES, ORDERS, PAYMENTS, ...INDEXES, ANALYZE];

/**
 * What the retained log says that has become of every seat, reservation, order and payment, as tables `logged_…` that are gone
 * afterwards. The log's server does the work, on disk where memory is short, so it does not matter here how long the log is.
 */
export function replayed<T>(log: Session, work: (tx: Tx) => Promise<T>): Promise<T> {
  return overEverything(log, async (tx) => {
    for (const step of STEPS) await tx.run(step);
    return work(tx);
  });
}
