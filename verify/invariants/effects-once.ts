import { sql } from '../../platform/postgres/database.ts';
import { finding, findings, type Row } from '../report.ts';
import { forEachSale, wasCaptured, type Sale } from '../sales.ts';
import { overEverything } from '../session.ts';
import { violating, violationsIn } from '../violating.ts';
import { notSettled, type Check, type Evidence } from './check.ts';

/** A ticket keeps its row when it is issued anew, so an item never has two. */
const TICKETS_TWICE = violating(
  'items with more than one ticket',
  'verify.tickets_twice',
  `select order_id as "orderId", coalesce(seat_id::text, section) as what, tickets::integer, wanted.items::integer as items
   from (select order_id, seat_id, case when seat_id is null then section end as section, count(*) as tickets
         from ticket group by 1, 2, 3) as issued
   join orders using (order_id)
   cross join lateral (
     select count(*) as items from jsonb_array_elements(orders.items) as item
     where case when issued.seat_id is null then not item ? 'seatId' and item ->> 'section' = issued.section
           else (item ->> 'seatId')::integer = issued.seat_id end
   ) as wanted
   where tickets > wanted.items`,
);
const CONFIRMED_TWICE = violating(
  'orders that were confirmed more than once',
  'verify.confirmed_twice',
  `select order_id as "orderId", count(*)::integer as times from order_change
   where to_status = 'CONFIRMED' and from_status is distinct from 'CONFIRMED' group by order_id having count(*) > 1`,
);
const BROKEN_HISTORY = violating(
  'orders whose changes do not follow from one another',
  'verify.broken_history',
  `select order_id as "orderId", from_status as "fromStatus", before as "statusBefore", cause from (
     select order_id, change_id, from_status, cause, lag(to_status) over (partition by order_id order by change_id) as before from order_change
   ) as change where before is not null and from_status is distinct from before
   union all
   select order_id, latest.to_status, orders.status, 'its last change'
   from orders cross join lateral (
     select to_status from order_change where order_change.order_id = orders.order_id order by change_id desc limit 1) as latest
   where latest.to_status <> orders.status`,
);
const REFUNDED_LATE_TWICE = violating(
  'late payments given back more than once',
  'verify.late_refunds_twice',
  `select payment_id as "paymentId", array_to_json(array_agg(refund_id)) as "refundIds" from refund
   where kind = 'LATE_PAYMENT' and status <> 'FAILED' group by payment_id having count(*) > 1`,
);
const TICKET_REFUNDED_TWICE = violating(
  'tickets refunded more than once',
  'verify.tickets_refunded_twice',
  `select ticket_id as "ticketId", array_to_json(array_agg(refund_id)) as "refundIds"
   from refund cross join unnest(ticket_ids) as ticket (ticket_id) where status <> 'FAILED' group by ticket_id having count(*) > 1`,
);
const COUNTS = sql('verify.handled_events', 'select count(*)::integer as count from inbox');

export const effectsOnce: Check = {
  invariant: 6,
  promise: 'a domain event delivered twice, late or out of order changes nothing the second time',
  check: async (evidence: Evidence) => {
    const { orders, payments, seating, busy } = evidence;
    if (busy.length > 0) return notSettled(busy);
    const wrong = [
      ...(await overEverything(orders, (tx) => violationsIn(tx, [TICKETS_TWICE, CONFIRMED_TWICE, BROKEN_HISTORY]))),
      ...(await overEverything(payments, (tx) => violationsIn(tx, [REFUNDED_LATE_TWICE, TICKET_REFUNDED_TWICE]))),
    ];
    const disagreements = findings('orders on which the services do not agree');
    let looked = 0;
    await forEachSale(evidence, (sale) => {
      looked++;
      const why = disagreementOf(sale);
      if (why !== null) disagreements.add({ why, ...shownOf(sale) });
    });
    const handled = await Promise.all([orders, payments, seating].map((one) => one.rows<{ count: number }>(COUNTS)));
    const events = handled.flat().reduce((sum, { count }) => sum + count, 0);
    return finding(`${events} domain events handled, ${looked} orders compared`, wrong, disagreements.found());
  },
};

/** What one service knows of a sale and another missed, or took back for old news. */
function disagreementOf(sale: Sale): string | null {
  const { status, reservation, payments } = sale;
  if (reservation === null) return 'its reservation does not exist';
  const ended = reservation.status === 'EXPIRED' || reservation.status === 'RELEASED';
  if (status === 'PENDING' && ended) return 'open, though its hold has ended';
  if (reservation.status === 'RESERVED' && status !== 'PENDING') return `${status}, though its seats are only held`;
  const paid = payments.find(({ paymentId }) => paymentId === sale.paymentId);
  const had = status === 'CONFIRMED' || status === 'PARTIALLY_REFUNDED' || status === 'REFUNDED';
  if (had && sale.totalCents > 0 && (paid === undefined || !wasCaptured(paid))) return `${status}, though nothing was captured`;
  if (status === 'REFUNDED' && paid?.status !== 'REFUNDED') return `REFUNDED, though its payment is ${paid?.status ?? 'none'}`;
  if (status === 'CONFIRMED' && (paid?.refundedCents ?? 0) > 0) return 'CONFIRMED, though money went back';
  return null;
}

function shownOf({ orderId, status, reservation, payments }: Sale): Row {
  return {
    orderId,
    status,
    reservationStatus: reservation?.status ?? null,
    payments: payments.map((payment) => `${payment.paymentId} ${payment.status}`),
  };
}
