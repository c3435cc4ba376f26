import { Type } from 'typebox';
import { AmountCents, Currency } from '../money.ts';
import { EventId, OrderId, PaymentId, RefundId, ReservationId, TicketId, Time, UserId } from './fields.ts';

const Item = Type.Object({
  seatId: Type.Optional(Type.Integer()),
  seatCode: Type.String(),
  section: Type.String(),
  priceCents: AmountCents,
});

const order = {
  orderId: OrderId,
  userId: UserId,
  eventId: EventId,
  reservationId: ReservationId,
  items: Type.Array(Item),
  totalCents: AmountCents,
  currency: Currency,
};

export const bookingEvents = {
  'booking.initiated': {
    version: 1,
    by: 'orders',
    summary: 'An order was made of a reservation, and waits for its payment.',
    data: Type.Object({ ...order, expiresAt: Time, initiatedAt: Time }),
  },
  'booking.confirmed': {
    version: 1,
    by: 'orders',
    summary: 'An order is paid, or cost nothing, and has its seats.',
    data: Type.Object({
      ...order,
      paymentId: Type.Union([PaymentId, Type.Null()]),
      confirmationNumber: Type.String(),
      confirmedAt: Time,
    }),
  },
  'booking.failed': {
    version: 1,
    by: 'orders',
    summary: 'An order cannot be had. `paymentId` names money that was captured for it: payments gives it back.',
    data: Type.Object({
      ...order,
      reason: Type.String(),
      paymentId: Type.Union([PaymentId, Type.Null()]),
      failedAt: Time,
    }),
  },
  'booking.cancelled': {
    version: 1,
    by: 'orders',
    summary: 'An order was given up.',
    data: Type.Object({ ...order, reason: Type.String(), cancelledAt: Time }),
  },
  'booking.refunded': {
    version: 1,
    by: 'orders',
    summary: 'Money of an order went back, and its tickets are void.',
    data: Type.Object({ ...order, refundId: RefundId, amountCents: AmountCents, refundedAt: Time }),
  },
  'ticket.issued': {
    version: 1,
    by: 'orders',
    summary: 'The tickets of an order were issued.',
    data: Type.Object({
      orderId: OrderId,
      userId: UserId,
      eventId: EventId,
      tickets: Type.Array(
        Type.Object({
          ticketId: TicketId,
          ticketCode: Type.String(),
          seatId: Type.Optional(Type.Integer()),
          seatCode: Type.String(),
          section: Type.String(),
        }),
      ),
      issuedAt: Time,
    }),
  },
  'ticket.revoked': {
    version: 1,
    by: 'orders',
    summary: 'Tickets became void. Payments gives `valueCents` of the payment back; seating frees the seats once that is done.',
    data: Type.Object({
      orderId: OrderId,
      userId: UserId,
      eventId: EventId,
      reservationId: ReservationId,
      paymentId: Type.Union([PaymentId, Type.Null()]),
      refundId: RefundId,
      tickets: Type.Array(
        Type.Object({
          ticketId: TicketId,
          seatId: Type.Optional(Type.Integer()),
          seatCode: Type.String(),
          section: Type.String(),
        }),
      ),
      valueCents: AmountCents,
      currency: Currency,
      reason: Type.String(),
      revokedAt: Time,
    }),
  },
  'ticket.checked-in': {
    version: 1,
    summary: 'A ticket was used at the door.',
    data: Type.Object({
      orderId: OrderId,
      ticketId: TicketId,
      eventId: EventId,
      gate: Type.Union([Type.String(), Type.Null()]),
      checkedInAt: Time,
    }),
  },
} as const;
