import { sql } from '../../platform/postgres/database.ts';
import type { Evidence } from '../invariants/check.ts';
import { findings, type Violation } from '../report.ts';
import { compare } from '../compare.ts';
import type { Session } from '../session.ts';

/** From when on the log has everything: the first record, or always when it is the first there ever was. */
const RETAINED_SINCE = `(select case when log_offset = 0 then '-infinity' else appended_at end from record where topic = `;

const STORED_ORDERS = sql(
  'verify.stored_orders',
  `select order_id as "orderId", status, confirmation_number is not null as confirmed, created_at as "createdAt",
     coalesce(issued.tickets, 0)::integer as tickets, coalesce(issued.revoked, 0)::integer as revoked
   from orders left join (
     select order_id, count(*) as tickets, count(*) filter (where status = 'REVOKED') as revoked from ticket group by order_id
   ) as issued using (order_id)`,
);
/** Tickets whose refund failed were told of as revoked and are good again, so the log may tell of more than are void now. */
const ORDERS_UNTOLD = sql(
  'verify.orders_untold',
  `select "orderId", stored.status, stored.tickets, stored.revoked, array_to_json(types) as "inLog", issued as "issuedInLog"
   from json_to_recordset($1::json) as stored ("orderId" text, status text, confirmed boolean, "createdAt" timestamptz, tickets integer, revoked integer)
   left join logged_order on order_id = "orderId"
   where "createdAt" > ${RETAINED_SINCE} 'booking.events' order by log_offset limit 1)
     and (types is null or not 'booking.initiated' = any (types) or confirmed <> ('booking.confirmed' = any (types))
       or issued <> stored.tickets or logged_order.revoked < stored.revoked
       or (status in ('REFUNDED', 'PARTIALLY_REFUNDED')) <> ('booking.refunded' = any (types))
       or (status in ('CANCELLED', 'EXPIRED', 'FAILED') and not types && array['booking.cancelled', 'booking.failed']))`,
);
const LOGGED_ORDERS = sql(
  'verify.logged_orders',
  `select order_id as "orderId", array_to_json(types) as types, issued from logged_order`,
);
const ORDERS_MISSING = sql(
  'verify.logged_orders_missing',
  `select logged.* from json_to_recordset($1::json) as logged ("orderId" text, types json, issued integer)
   left join orders on order_id = "orderId" where order_id is null`,
);
const STORED_PAYMENTS = sql(
  'verify.stored_payments',
  `select payment_id as id, status, created_at as "createdAt" from payment where event_id is not null
   union all
   select refund_id, 'REFUND_' || status, created_at from refund`,
);
const TOLD_AS = `case stored.status when 'PENDING' then 'payment.requested' when 'FAILED' then 'payment.failed'
     when 'REFUND_SUCCESS' then 'payment.refunded' when 'REFUND_FAILED' then 'payment.refund-failed' else 'payment.completed' end`;
const PAYMENTS_UNTOLD = sql(
  'verify.payments_untold',
  `select stored.id, stored.status, array_to_json(types) as "inLog"
   from json_to_recordset($1::json) as stored (id text, status text, "createdAt" timestamptz)
   left join logged_payment on logged_payment.id = stored.id
   where "createdAt" > ${RETAINED_SINCE} 'payment.events' order by log_offset limit 1) and stored.status <> 'REFUND_PENDING'
     and (types is null or not ${TOLD_AS} = any (types))`,
);
const LOGGED_PAYMENTS = sql('verify.logged_payments', `select id, array_to_json(types) as types from logged_payment`);
const PAYMENTS_OTHERWISE = sql(
  'verify.logged_payments_otherwise',
  `select logged.*, coalesce(payment.status, refund.status) as status
   from json_to_recordset($1::json) as logged (id text, types jsonb)
   left join payment on payment.payment_id = id left join refund on refund_id = id
   where (payment.payment_id is null and refund_id is null)
     or types ? 'payment.completed' and payment.status not in ('SUCCESS', 'PARTIALLY_REFUNDED', 'REFUNDED')
     or types ? 'payment.failed' and payment.status <> 'FAILED'
     or types ? 'payment.refunded' and refund.status <> 'SUCCESS'
     or types ? 'payment.refund-failed' and refund.status <> 'FAILED'`,
);

/** What the log says of orders, payments and refunds, against what their services have. */
export async function compareMoney(
  log: Session,
  { orders, payments }: Pick<Evidence, 'orders' | 'payments'>,
): Promise<{ orders: number; payments: number; found: Violation[] }> {
  const untoldOrders = findings('orders of which the log says nothing, or something else');
  const missing = findings('orders that the log tells of and that do not exist');
  const untoldPayments = findings('payments and refunds of which the log says nothing, or something else');
  const otherwise = findings('payments and refunds that are not as the log says');
  const looked = {
    orders: await compare({ in: orders, all: STORED_ORDERS }, { in: log, differing: ORDERS_UNTOLD }, untoldOrders.add),
    payments: await compare({ in: payments, all: STORED_PAYMENTS }, { in: log, differing: PAYMENTS_UNTOLD }, untoldPayments.add),
  };
  await compare({ in: log, all: LOGGED_ORDERS }, { in: orders, differing: ORDERS_MISSING }, missing.add);
  await compare({ in: log, all: LOGGED_PAYMENTS }, { in: payments, differing: PAYMENTS_OTHERWISE }, otherwise.add);
  return { ...looked, found: [untoldOrders, missing, untoldPayments, otherwise].flatMap((one) => one.found()) };
}
