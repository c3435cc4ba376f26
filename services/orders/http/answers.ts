import type { Order, Ticket } from '../../../contracts/http/orders.ts';
import type { OrderState } from '../domain/order.ts';
import type { TicketState } from '../store/tickets.ts';

export function toOrderAnswer(order: OrderState): Order {
  const { orderId, status, userId, eventId, reservationId, subtotalCents, feeCents, taxCents, totalCents, currency } = order;
  return {
    orderId,
    status,
    userId,
    eventId,
    reservationId,
    items: order.items.map(({ feeCents: _fee, taxCents: _tax, ...item }) => item),
    subtotalCents,
    feeCents,
    taxCents,
    totalCents,
    currency,
    ...(order.paymentId === null ? {} : { paymentId: order.paymentId }),
    ...(order.confirmationNumber === null ? {} : { confirmationNumber: order.confirmationNumber }),
    expiresAt: order.expiresAt.toISOString(),
    createdAt: order.createdAt.toISOString(),
    updatedAt: order.updatedAt.toISOString(),
  };
}

export function toTicketAnswer(ticket: TicketState): Ticket {
  const { ticketId, ticketCode, orderId, eventId, section, seatId, seatCode, qrPayload, status, issuedAt } = ticket;
  return {
    ticketId,
    ticketCode,
    orderId,
    eventId,
    section,
    ...(seatId === null ? {} : { seatId }),
    seatCode,
    qrPayload,
    status,
    issuedAt: issuedAt.toISOString(),
  };
}
