import type { TicketStatus } from '../../../contracts/http/orders.ts';
import { sql, type Tx } from '../../../platform/postgres/database.ts';

export type TicketState = {
  ticketId: string;
  orderId: string;
  eventId: string;
  userId: string;
  section: string;
  seatId: number | null;
  seatCode: string;
  valueCents: number;
  status: TicketStatus;
  /** Of the refund that made it void. */
  refundId: string | null;
  ticketCode: string;
  serial: number;
  qrPayload: string;
  issuedAt: Date;
};

const COLUMNS = `ticket_id as "ticketId", order_id as "orderId", event_id as "eventId", user_id as "userId", section, seat_id as "seatId",
  seat_code as "seatCode", value_cents as "valueCents", status, ticket_code as "ticketCode", serial, qr_payload as "qrPayload",
  issued_at as "issuedAt",
  refund_id as "refundId"`;

const INSERT = sql(
  'orders.insert_tickets',
  `insert into ticket (ticket_id, order_id, event_id, user_id, section, seat_id, seat_code, value_cents, status, ticket_code, serial,
     qr_payload, issued_at)
   select * from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::integer[], $7::text[], $8::integer[],
     $9::text[], $10::text[], $11::integer[], $12::text[], $13::timestamptz[])`,
);
const OF_ORDER = sql('orders.tickets_of_order', `select ${COLUMNS} from ticket where order_id = $1 order by ticket_id`);
const BY_ID = sql('orders.ticket_by_id', `select ${COLUMNS} from ticket where ticket_id = $1`);
const OF_USER = sql(
  'orders.tickets_of_user',
  `select ${COLUMNS} from ticket where user_id = $1 and ticket_id < $2 order by ticket_id desc limit $3`,
);

const REVOKE = sql(
  'orders.revoke_tickets',
  `update ticket set status = 'REVOKED', refund_id = $2, revoked_at = $3 where ticket_id = any($1::text[])`,
);
const RESTORE = sql(
  'orders.restore_tickets',
  `update ticket set status = $2, refund_id = null, revoked_at = case $2 when 'VALID' then null else revoked_at end
   where ticket_id = any(array(select unnest(ticket_ids) from revocation where refund_id = $1)) and refund_id = $1`,
);

export async function insertTickets(tx: Tx, tickets: readonly TicketState[]): Promise<void> {
  if (tickets.length === 0) return;
  const column = <T>(pick: (ticket: TicketState) => T) => tickets.map(pick);
  await tx.run(INSERT, [
    column((t) => t.ticketId),
    column((t) => t.orderId),
    column((t) => t.eventId),
    column((t) => t.userId),
    column((t) => t.section),
    column((t) => t.seatId),
    column((t) => t.seatCode),
    column((t) => t.valueCents),
    column((t) => t.status),
    column((t) => t.ticketCode),
    column((t) => t.serial),
    column((t) => t.qrPayload),
    column((t) => t.issuedAt),
  ]);
}

export function ticketsOfOrder(tx: Tx, orderId: string): Promise<TicketState[]> {
  return tx.rows<TicketState>(OF_ORDER, [orderId]);
}

export async function ticketById(tx: Tx, ticketId: string): Promise<TicketState | undefined> {
  return (await tx.rows<TicketState>(BY_ID, [ticketId]))[0];
}

/** The latest first; `before` is the last id of the page before. */
export function ticketsOfUser(tx: Tx, userId: string, before: string, limit: number): Promise<TicketState[]> {
  return tx.rows<TicketState>(OF_USER, [userId, before, limit]);
}

export function revoke(tx: Tx, ticketIds: readonly string[], refundId: string, at: Date): Promise<number> {
  return tx.run(REVOKE, [ticketIds, refundId, at]);
}

/** Tickets of a refund that came to nothing: good again, or void and owed. */
export function restore(tx: Tx, refundId: string, status: 'VALID' | 'REVOKED'): Promise<number> {
  return tx.run(RESTORE, [refundId, status]);
}
