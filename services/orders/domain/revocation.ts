import type { TicketStatus } from '../../../contracts/http/orders.ts';

type Ticket = { ticketId: string; status: TicketStatus; refundId: string | null };

export type Choice<T> =
  | { ok: true; tickets: T[] }
  | { ok: false; code: 'TICKET_NOT_FOUND'; ticketIds: string[] }
  | { ok: false; code: 'TICKET_NOT_REFUNDABLE'; ticketIds: string[] };

/**
 * Which of an order's tickets become void and are refunded: those named, all or nothing, or all that are left. Who has been let in
 * with a ticket keeps it, unless the event is cancelled. A void ticket that is still owed may be refunded; any other may not again.
 */
export function chooseTickets<T extends Ticket>(
  tickets: readonly T[],
  named: readonly string[] | null,
  { usedToo }: { usedToo: boolean },
): Choice<T> {
  const ofOrder = new Map(tickets.map((ticket) => [ticket.ticketId, ticket]));
  const unknown = (named ?? []).filter((ticketId) => !ofOrder.has(ticketId));
  if (unknown.length > 0) return { ok: false, code: 'TICKET_NOT_FOUND', ticketIds: unknown };
  const wanted = named === null ? tickets.filter(isLeft) : [...new Set(named)].flatMap((ticketId) => ofOrder.get(ticketId) ?? []);
  const refused = wanted.filter((ticket) => !isLeft(ticket) || (ticket.status === 'USED' && !usedToo));
  if (refused.length > 0) return { ok: false, code: 'TICKET_NOT_REFUNDABLE', ticketIds: refused.map(({ ticketId }) => ticketId) };
  return { ok: true, tickets: wanted };
}

/** Neither refunded nor on its way. */
export function isLeft({ status, refundId }: Ticket): boolean {
  return status !== 'REVOKED' || refundId === null;
}
