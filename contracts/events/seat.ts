import { Type } from 'typebox';
import { AmountCents, Currency } from '../money.ts';
import { EventId, OrderId, ReservationId, Time, UserId } from './fields.ts';

/**
 * Every change of an event's seats has a `version`, which grows by one per committed batch and has no gaps. A batch may publish
 * several domain events with the same version; `versionComplete` is true on the last of them.
 */
const change = {
  eventId: EventId,
  version: Type.Integer({ minimum: 1 }),
  versionComplete: Type.Boolean(),
  totalSeats: Type.Integer(),
  availableSeats: Type.Integer(),
};

const Places = Type.Array(Type.Object({ section: Type.String(), quantity: Type.Integer({ minimum: 1 }) }));
const SeatIds = Type.Array(Type.Integer({ minimum: 1 }));

const PreviousStatus = Type.Union([Type.Literal('RESERVED'), Type.Literal('ALLOCATED'), Type.Literal('EXPIRED')], {
  description: 'Of the reservation, before this change',
});

export const RELEASE_REASONS = ['EXPIRED', 'CANCELLED', 'PAYMENT_FAILED', 'REFUNDED', 'EVENT_CANCELLED'] as const;
export type ReleaseReason = (typeof RELEASE_REASONS)[number];

const held = {
  ...change,
  reservationId: ReservationId,
  userId: UserId,
  seatIds: SeatIds,
  places: Places,
};

export const seatEvents = {
  'seat.reserved': {
    version: 1,
    by: 'seating',
    summary: 'Seats or places are held for a user until `expiresAt`.',
    data: Type.Object({
      ...held,
      totalCents: AmountCents,
      currency: Currency,
      reservedAt: Time,
      expiresAt: Time,
    }),
  },
  'seat.released': {
    version: 1,
    by: 'seating',
    summary: 'A hold or an allocation ended, whole, and its seats are free again.',
    data: Type.Object({ ...held, previousStatus: PreviousStatus, reason: Type.Enum(RELEASE_REASONS) }),
  },
  'seat.allocated': {
    version: 1,
    by: 'seating',
    summary: 'Seats or places are sold to an order.',
    data: Type.Object({ ...held, previousStatus: PreviousStatus, orderId: OrderId }),
  },
  'seat.unavailable': {
    version: 1,
    by: 'seating',
    summary: 'Buyers were refused because seats or places were taken: one a batch, with how many were refused. Changes no seat.',
    data: Type.Object({
      eventId: EventId,
      seatIds: SeatIds,
      sections: Type.Array(Type.String()),
      refusals: Type.Integer({ minimum: 1 }),
    }),
  },
  'seat.blocked': {
    version: 1,
    by: 'seating',
    summary: 'An organizer took seats out of the sale.',
    data: Type.Object({ ...change, seatIds: SeatIds }),
  },
  'seat.unblocked': {
    version: 1,
    by: 'seating',
    summary: 'An organizer put seats back on sale.',
    data: Type.Object({ ...change, seatIds: SeatIds }),
  },
  'seats.opened': {
    version: 1,
    by: 'seating',
    summary: 'Sections were added or edited: the layout and the prices are to be read again.',
    data: Type.Object({ ...change, layoutVersion: Type.Integer({ minimum: 1 }), sections: Type.Array(Type.String()) }),
  },
} as const;
