import { sql } from '../../platform/postgres/database.ts';
import { finding } from '../report.ts';
import { violating, violationsIn } from '../violating.ts';
import { needsJournal, type Check, type Evidence } from './check.ts';

const COUNT = sql('verify.told_reservations', `select count(distinct id)::integer as count from told where route = 'reserve'`);
const GONE = violating(
  'acknowledged reservations that are gone',
  'verify.reservations_gone',
  `select distinct id as "reservationId", told.user_id as "userId" from told left join reservation on reservation_id = id
   where route = 'reserve' and id is not null and reservation_id is null`,
);
/** `content` is as it was reserved: refunds take nothing of it away. */
const OTHERWISE = violating(
  'reservations that are not as they were told',
  'verify.reservations_otherwise',
  `select id as "reservationId", facts -> 'seatIds' as "seatIdsTold", content -> 'seats' as seats, facts -> 'places' as "placesTold",
     content -> 'places' as places, event_id as "eventId", reservation.user_id as "userId"
   from told join reservation on reservation_id = id
   where reservation.user_id <> told.user_id or event_id <> facts ->> 'eventId'
     or (select array_agg(seat::integer order by seat::integer) from jsonb_array_elements_text(facts -> 'seatIds') as seat)
       is distinct from
       (select array_agg((seat ->> 'seatId')::integer order by (seat ->> 'seatId')::integer) from json_array_elements(content -> 'seats') as seat)
     or (select array_agg((place ->> 'section') || (place ->> 'quantity') order by place ->> 'section') from jsonb_array_elements(facts -> 'places') as place)
       is distinct from
       (select array_agg((place ->> 'section') || (place ->> 'quantity') order by place ->> 'section') from json_array_elements(content -> 'places') as place)`,
);
/** Answers have milliseconds, rows microseconds. */
const ENDED_EARLY = violating(
  'reservations that ended before the time that was told',
  'verify.holds_ended_early',
  `select distinct id as "reservationId", status, end_reason as "endReason", facts ->> 'expiresAt' as "expiresAtTold",
     expires_at as "expiresAt", ended_at as "endedAt"
   from told join reservation on reservation_id = id
   where expires_at < date_trunc('milliseconds', (facts ->> 'expiresAt')::timestamptz)
     or (status in ('EXPIRED', 'RELEASED') and (end_reason is null or ended_at is null))
     or (end_reason = 'EXPIRED' and ended_at < date_trunc('milliseconds', (facts ->> 'expiresAt')::timestamptz))`,
);
const ORDERS_GONE = violating(
  'acknowledged orders that are gone or not as they were told',
  'verify.told_orders_gone',
  `select distinct id as "orderId", told.user_id as "userId", facts ->> 'totalCents' as "totalCentsTold", total_cents as "totalCents"
   from told left join orders on order_id = id
   where route = 'order' and id is not null and (order_id is null or orders.user_id <> told.user_id or reservation_id <> facts ->> 'reservationId'
     or total_cents <> (facts ->> 'totalCents')::integer)`,
);
const BOOKINGS_GONE = violating(
  'acknowledged bookings that are gone or not as they were told',
  'verify.told_bookings_gone',
  `select distinct id as "orderId", told.user_id as "userId", facts ->> 'status' as "statusTold", status
   from told left join orders on order_id = id
   where route = 'booking' and id is not null and (order_id is null or orders.user_id <> told.user_id
     or (facts ->> 'status' = 'CONFIRMED' and confirmation_number is null)
     or (facts ->> 'status' = 'FAILED' and status not in ('FAILED', 'REFUNDED')))`,
);
const PAYMENTS_GONE = violating(
  'acknowledged payments that are gone or not as they were told',
  'verify.told_payments_gone',
  `select distinct id as "paymentId", facts ->> 'status' as "statusTold", payment.status, facts ->> 'amountCents' as "amountCentsTold",
     amount_cents as "amountCents"
   from told left join payment on payment_id = id
   where route = 'charge' and id is not null and (payment_id is null or order_id <> facts ->> 'orderId'
     or amount_cents <> (facts ->> 'amountCents')::integer
     or (facts ->> 'status' = 'SUCCESS' and payment.status not in ('SUCCESS', 'PARTIALLY_REFUNDED', 'REFUNDED'))
     or (facts ->> 'status' = 'FAILED' and payment.status <> 'FAILED'))`,
);
const REFUNDS_GONE = violating(
  'acknowledged refunds that are gone or not as they were told',
  'verify.told_refunds_gone',
  `select distinct id as "refundId", facts ->> 'status' as "statusTold", refund.status, facts ->> 'amountCents' as "amountCentsTold",
     amount_cents as "amountCents"
   from told left join refund on refund_id = id
   where route = 'refund' and id is not null and (refund_id is null or payment_id <> facts ->> 'paymentId'
     or amount_cents <> (facts ->> 'amountCents')::integer
     or (facts ->> 'status' in ('SUCCESS', 'FAILED') and refund.status <> facts ->> 'status'))`,
);

export const durable: Check = {
  invariant: 2,
  promise: 'what was acknowledged is durable: it is there, as it was told, and lasted until it ended properly',
  check: async ({ told }: Evidence) => {
    if (told === null) return needsJournal;
    const [reservations] = await told.seating.rows<{ count: number }>(COUNT);
    return finding(
      `${reservations?.count ?? 0} acknowledged reservations`,
      await violationsIn(told.seating, [GONE, OTHERWISE, ENDED_EARLY]),
      await violationsIn(told.orders, [ORDERS_GONE, BOOKINGS_GONE]),
      await violationsIn(told.payments, [PAYMENTS_GONE, REFUNDS_GONE]),
    );
  },
};
