import { sql, type Tx } from '../../../platform/postgres/database.ts';

const COUNT = sql('orders.count_of_event', 'select count(*)::integer as count from orders where event_id = $1');

/** Orders of an event, in whatever state. */
export async function countOrdersOfEvent(tx: Tx, eventId: string): Promise<number> {
  const [row] = await tx.rows<{ count: number }>(COUNT, [eventId]);
  return row?.count ?? 0;
}
