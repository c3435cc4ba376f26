import { sql, type Tx } from '../../../platform/postgres/database.ts';

const INSERT = sql(
  'orders.insert_cancelled_events',
  `insert into cancelled_event (event_id, cancelled_at) select event_id, $2 from unnest($1::text[]) as given (event_id)
   on conflict do nothing`,
);
const OF_ORDERS = sql(
  'orders.cancelled_events_of_orders',
  `select distinct event_id from orders join cancelled_event using (event_id) where order_id = any($1::text[])`,
);
const OPEN = sql(
  'orders.open_cancelled_events',
  `select event_id from cancelled_event where done_at is null order by cancelled_at limit 100`,
);
const REOPEN = sql('orders.reopen_cancelled_event', `update cancelled_event set done_at = null where event_id = any($1::text[])`);
const CLOSE = sql(
  'orders.close_cancelled_event',
  `update cancelled_event set done_at = $2
   where event_id = $1 and cancelled_at < $3 and not exists
     (select 1 from orders where orders.event_id = $1 and cancel_reason is null and status in ('PENDING', 'PAYMENT_PROCESSING'))`,
);
/** A free order that is being confirmed is left until it is: then it has tickets. */
const LOCK_ORDERS = sql(
  'orders.lock_orders_to_give_up',
  `select order_id from orders
   where event_id = $1 and order_id > $2 and cancel_reason is null
     and (status in ('PAYMENT_PROCESSING', 'CONFIRMED', 'PARTIALLY_REFUNDED') or (status = 'PENDING' and total_cents > 0))
   order by order_id limit $3 for update`,
);

export async function rememberCancelledEvents(tx: Tx, eventIds: readonly string[], at: Date): Promise<void> {
  await tx.run(INSERT, [eventIds, at]);
}

/** The events of these orders that are cancelled. */
export async function cancelledEventsOf(tx: Tx, orderIds: readonly string[]): Promise<Set<string>> {
  return new Set((await tx.rows<{ event_id: string }>(OF_ORDERS, [orderIds])).map((row) => row.event_id));
}

export async function openCancelledEvents(tx: Tx): Promise<string[]> {
  return (await tx.rows<{ event_id: string }>(OPEN)).map((row) => row.event_id);
}

/** Something was confirmed after the job was done. */
export function reopenCancelledEvents(tx: Tx, eventIds: readonly string[]): Promise<number> {
  return tx.run(REOPEN, [eventIds]);
}

/** Notes that nothing is left to do for an event that was cancelled before `before`, unless some order may still be paid. */
export async function closeCancelledEvent(tx: Tx, eventId: string, at: Date, before: Date): Promise<void> {
  await tx.run(CLOSE, [eventId, at, before]);
}

/** The next orders of a cancelled event that are not given up yet, locked. */
export async function lockOrdersToGiveUp(tx: Tx, eventId: string, after: string, limit: number): Promise<string[]> {
  return (await tx.rows<{ order_id: string }>(LOCK_ORDERS, [eventId, after, limit])).map((row) => row.order_id);
}
