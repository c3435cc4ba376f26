import { appendToOutbox } from '../../platform/outbox/append.ts';
import type { Tx } from '../../platform/postgres/database.ts';
import type { OrderState } from './domain/order.ts';
import { chooseTickets, type Choice } from './domain/revocation.ts';
import { bookingRecord, ticketRevoked } from './domain-events.ts';
import { insertRevocation, revocationsById, type Revocation } from './store/revocations.ts';
import { revoke, ticketsOfOrder, type TicketState } from './store/tickets.ts';

export type RevokeRequest = {
  refundId: string;
  /** Null: all that are left. */
  ticketIds: readonly string[] | null;
  reason: string;
  /** Also of those who have been let in already: the event does not take place. */
  usedToo?: boolean;
  at: Date;
  traceparent: string | undefined;
};

export type Revoked = { ok: true; revocation: Revocation } | Extract<Choice<never>, { ok: false }>;

/**
 * Makes tickets of a locked order void, and says so: payments then gives back what they were worth, and once that is done their
 * seats become free. Asking again with the same refund id is answered again.
 */
export async function revokeTickets(tx: Tx, order: OrderState, request: RevokeRequest): Promise<Revoked> {
  const { refundId, ticketIds, reason, usedToo = false, at, traceparent } = request;
  const known = (await revocationsById(tx, [refundId])).get(refundId);
  if (known !== undefined) return { ok: true, revocation: known };
  const choice = chooseTickets(await ticketsOfOrder(tx, order.orderId), ticketIds, { usedToo });
  if (!choice.ok) return choice;
  const revocation = revocationOf(order, choice.tickets, { refundId, reason, at });
  if (choice.tickets.length === 0) return { ok: true, revocation };
  const revoked = revoke(tx, revocation.ticketIds, refundId, at);
  const noted = insertRevocation(tx, revocation);
  const told = appendToOutbox(tx, [
    bookingRecord(order.orderId, [ticketRevoked(order, revocation, choice.tickets, traceparent)]),
  ]);
  await Promise.all([revoked, noted, told]);
  return { ok: true, revocation };
}

function revocationOf(
  { orderId, paymentId }: OrderState,
  tickets: readonly TicketState[],
  { refundId, reason, at }: { refundId: string; reason: string; at: Date },
): Revocation {
  return {
    refundId,
    orderId,
    paymentId,
    ticketIds: tickets.map(({ ticketId }) => ticketId),
    valueCents: tickets.reduce((sum, { valueCents }) => sum + valueCents, 0),
    reason,
    // Nobody gives anything back for what cost nothing.
    status: paymentId === null ? 'DONE' : 'PENDING',
    createdAt: at,
  };
}
