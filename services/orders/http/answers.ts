import type { HistoryEntry, Order, Ticket } from '../../../contracts/http/orders.ts';
import type { OrderState } from '../domain/order.ts';
import type { ChangeRow, NewsRow } from '../store/order-history.ts';
import type { TicketState } from '../store/tickets.ts';

export function toOrderAnswer(order: OrderState): Order {
  const { paymentId, confirmationNumber } = order;
  return {
    orderId: order.orderId,
    status: order.status,
    userId: order.userId,
    eventId: order.eventId,
    reservationId: order.reservationId,
    items: order.items.map(({ feeCents: _fee, taxCents: _tax, ...item }) => item),
    subtotalCents: order.subtotalCents,
    feeCents: order.feeCents,
    taxCents: order.taxCents,
    totalCents: order.totalCents,
    currency: order.currency,
    ...(paymentId === null ? {} : { paymentId }),
    ...(confirmationNumber === null ? {} : { confirmationNumber }),
    ...(order.cancelReason === null ? {} : { cancelReason: order.cancelReason }),
    expiresAt: order.expiresAt.toISOString(),
    createdAt: order.createdAt.toISOString(),
    updatedAt: order.updatedAt.toISOString(),
  };
}

export function toTicketAnswer(ticket: TicketState): Ticket {
  const { seatId } = ticket;
  return {
    ticketId: ticket.ticketId,
    ticketCode: ticket.ticketCode,
    orderId: ticket.orderId,
    eventId: ticket.eventId,
    section: ticket.section,
    ...(seatId === null ? {} : { seatId }),
    seatCode: ticket.seatCode,
    qrPayload: ticket.qrPayload,
    status: ticket.status,
    issuedAt: ticket.issuedAt.toISOString(),
  };
}

/** Both in one list by time; each is in order already. */
export function historyOf(changes: readonly ChangeRow[], news: readonly NewsRow[]): HistoryEntry[] {
  const entries: HistoryEntry[] = [...changes.map(toChangeEntry), ...news.map(toNewsEntry)];
  return entries.toSorted((a, b) => (a.at < b.at ? -1 : Number(a.at > b.at)));
}

function toChangeEntry({ at, cause, fromStatus, status, paymentId }: ChangeRow): HistoryEntry {
  return {
    kind: 'CHANGE',
    at: at.toISOString(),
    cause,
    ...(fromStatus === null ? {} : { fromStatus }),
    status,
    ...(paymentId === null ? {} : { paymentId }),
  };
}

function toNewsEntry({ at, type, paymentId, details }: NewsRow): HistoryEntry {
  return { kind: 'PAYMENT', at: at.toISOString(), type, paymentId, ...details };
}
