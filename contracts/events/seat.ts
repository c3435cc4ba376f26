import { Type } from 'typebox';
import { AmountCents, Currency } from '../money.ts';

/**
 * Every change of an event's seats has a `version`, which grows by one per committed batch and has no gaps. A batch may publish
 * several domain events with the same version; `versionComplete` is true on the last of them.
 */
const change = {
  eventId: Type.String(),
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
  reservationId: Type.String(),
  userId: Type.String(),
  seatIds: SeatIds,
  places: Places,
};

export const seatEvents = {
  'seat.reserved': {
    version: 1,
    data: Type.Object({
      ...held,
      totalCents: AmountCents,
      currency: Currency,
      reservedAt: Type.String({ format: 'date-time' }),
      expiresAt: Type.String({ format: 'date-time' }),
    }),
  },
  'seat.released': {
    version: 1,
    data: Type.Object({ ...held, previousStatus: PreviousStatus, reason: Type.Enum(RELEASE_REASONS) }),
  },
  'seat.allocated': {
    version: 1,
    data: Type.Object({ ...held, previousStatus: PreviousStatus, orderId: Type.String() }),
  },
  /** Buyers were refused because seats or places were taken: one event per batch, with how many were refused. Changes no seat. */
  'seat.unavailable': {
    version: 1,
    data: Type.Object({
      eventId: Type.String(),
      seatIds: SeatIds,
      sections: Type.Array(Type.String()),
      refusals: Type.Integer({ minimum: 1 }),
    }),
  },
  'seat.blocked': { version: 1, data: Type.Object({ ...change, seatIds: SeatIds }) },
  'seat.unblocked': { version: 1, data: Type.Object({ ...change, seatIds: SeatIds }) },
  /** Sections were added or edited: the layout and the prices are to be read again. */
  'seats.opened': {
    version: 1,
    data: Type.Object({ ...change, layoutVersion: Type.Integer({ minimum: 1 }), sections: Type.Array(Type.String()) }),
  },
} as const;
