import { Type } from 'typebox';
import { AmountCents, Currency } from '../money.ts';

const Item = Type.Object({
  seatId: Type.Optional(Type.Integer()),
  seatCode: Type.String(),
  section: Type.String(),
  priceCents: AmountCents,
});

const order = {
  orderId: Type.String(),
  userId: Type.String(),
  eventId: Type.String(),
  reservationId: Type.String(),
  items: Type.Array(Item),
  totalCents: AmountCents,
  currency: Currency,
};

export const bookingEvents = {
  'booking.initiated': { version: 1, data: Type.Object({ ...order, expiresAt: Type.String(), initiatedAt: Type.String() }) },
  'booking.confirmed': {
    version: 1,
    data: Type.Object({
      ...order,
      paymentId: Type.Union([Type.String(), Type.Null()]),
      confirmationNumber: Type.String(),
      confirmedAt: Type.String(),
    }),
  },
  /** `paymentId` names money that was captured for an order that cannot be had: payments gives it back. */
  'booking.failed': {
    version: 1,
    data: Type.Object({
      ...order,
      reason: Type.String(),
      paymentId: Type.Union([Type.String(), Type.Null()]),
      failedAt: Type.String(),
    }),
  },
  'booking.cancelled': { version: 1, data: Type.Object({ ...order, reason: Type.String(), cancelledAt: Type.String() }) },
  'booking.refunded': {
    version: 1,
    data: Type.Object({ ...order, refundId: Type.String(), amountCents: AmountCents, refundedAt: Type.String() }),
  },
  'ticket.issued': {
    version: 1,
    data: Type.Object({
      orderId: Type.String(),
      userId: Type.String(),
      eventId: Type.String(),
      tickets: Type.Array(
        Type.Object({
          ticketId: Type.String(),
          ticketCode: Type.String(),
          seatId: Type.Optional(Type.Integer()),
          seatCode: Type.String(),
          section: Type.String(),
        }),
      ),
      issuedAt: Type.String(),
    }),
  },
  /** Tickets became void. Payments gives `valueCents` of the payment back; seating frees the seats once that is done. */
  'ticket.revoked': {
    version: 1,
    data: Type.Object({
      orderId: Type.String(),
      userId: Type.String(),
      eventId: Type.String(),
      reservationId: Type.String(),
      paymentId: Type.Union([Type.String(), Type.Null()]),
      refundId: Type.String(),
      tickets: Type.Array(
        Type.Object({
          ticketId: Type.String(),
          seatId: Type.Optional(Type.Integer()),
          seatCode: Type.String(),
          section: Type.String(),
        }),
      ),
      valueCents: AmountCents,
      currency: Currency,
      reason: Type.String(),
      revokedAt: Type.String(),
    }),
  },
  'ticket.checked-in': {
    version: 1,
    data: Type.Object({
      orderId: Type.String(),
      ticketId: Type.String(),
      eventId: Type.String(),
      gate: Type.Union([Type.String(), Type.Null()]),
      checkedInAt: Type.String(),
    }),
  },
} as const;
