import { sql, type Tx } from '../../../platform/postgres/database.ts';

/** Tickets that became void together, and what came of their refund. */
export type Revocation = {
  refundId: string;
  orderId: string;
  /** Null for an order that cost nothing. */
  paymentId: string | null;
  ticketIds: string[];
  valueCents: number;
  reason: string;
  status: 'PENDING' | 'DONE' | 'FAILED';
  createdAt: Date;
};

const COLUMNS = `refund_id as "refundId", order_id as "orderId", payment_id as "paymentId", array_to_json(ticket_ids) as "ticketIds",
  value_cents as "valueCents", reason, status, created_at as "createdAt"`;

const INSERT = sql(
  'orders.insert_revocation',
  `insert into revocation (refund_id, order_id, payment_id, ticket_ids, value_cents, reason, status, created_at)
   values ($1, $2, $3, $4, $5, $6, $7, $8)`,
);
const BY_IDS = sql('orders.revocations_by_ids', `select ${COLUMNS} from revocation where refund_id = any($1::text[])`);
const FINISH = sql(
  'orders.finish_revocation',
  `update revocation set status = $2 where refund_id = $1 and status = 'PENDING' returning ${COLUMNS}`,
);
const PENDING = sql('orders.pending_revocations', `select 1 from revocation where order_id = $1 and status = 'PENDING' limit 1`);

export async function insertRevocation(tx: Tx, revocation: Revocation): Promise<void> {
  const { refundId, orderId, paymentId, ticketIds, valueCents, reason, status, createdAt } = revocation;
  await tx.run(INSERT, [refundId, orderId, paymentId, ticketIds, valueCents, reason, status, createdAt]);
}

export async function revocationsById(tx: Tx, refundIds: readonly string[]): Promise<Map<string, Revocation>> {
  const rows = await tx.rows<Revocation>(BY_IDS, [refundIds]);
  return new Map(rows.map((revocation) => [revocation.refundId, revocation]));
}

/** Null when there is none that is PENDING: it is no refund of tickets, or its end was heard of before. */
export async function finishRevocation(tx: Tx, refundId: string, status: 'DONE' | 'FAILED'): Promise<Revocation | null> {
  return (await tx.rows<Revocation>(FINISH, [refundId, status]))[0] ?? null;
}

export async function hasPendingRevocation(tx: Tx, orderId: string): Promise<boolean> {
  return (await tx.rows(PENDING, [orderId])).length > 0;
}
