import { type Static, Type } from 'typebox';
import { RELEASE_REASONS } from '../events/seat.ts';
import { idSchema } from '../ids.ts';
import { AmountCents, Currency } from '../money.ts';

const closed = { additionalProperties: false } as const;

/** Most seats or places that one request may name. */
export const MAX_TICKETS_PER_REQUEST = 100;
export const MAX_SEATS_PER_EVENT = 100_000;
/** Seats that one block or unblock may name. */
export const MAX_SEATS_PER_BLOCK = 20_000;

const EventId = idSchema('event');
const SeatId = Type.Integer({ minimum: 1, maximum: MAX_SEATS_PER_EVENT });
const SectionName = Type.String({ minLength: 1, maxLength: 60 });
const Quantity = Type.Integer({ minimum: 1, maximum: MAX_TICKETS_PER_REQUEST });
const Time = Type.String({ format: 'date-time' });

export const ReserveBody = Type.Object(
  {
    eventId: EventId,
    seatIds: Type.Optional(Type.Array(SeatId, { minItems: 1, maxItems: MAX_TICKETS_PER_REQUEST })),
    seatCodes: Type.Optional(
      Type.Array(Type.String({ minLength: 1, maxLength: 140 }), { minItems: 1, maxItems: MAX_TICKETS_PER_REQUEST }),
    ),
    places: Type.Optional(
      Type.Array(Type.Object({ section: SectionName, quantity: Quantity }, closed), { minItems: 1, maxItems: 20 }),
    ),
    bestAvailable: Type.Optional(
      Type.Object({ quantity: Quantity, section: Type.Optional(SectionName), maxPriceCents: Type.Optional(AmountCents) }, closed),
    ),
    userId: Type.Optional(idSchema('user')),
  },
  { ...closed, description: 'Exactly one of seatIds, seatCodes, places and bestAvailable' },
);
export type ReserveBody = Static<typeof ReserveBody>;

export const ReservedSeat = Type.Object({
  seatId: SeatId,
  section: Type.String(),
  row: Type.String(),
  number: Type.Integer(),
  seatCode: Type.String(),
  priceCents: AmountCents,
});
export type ReservedSeat = Static<typeof ReservedSeat>;

export const ReservedPlaces = Type.Object({ section: Type.String(), quantity: Type.Integer(), priceCents: AmountCents });
export type ReservedPlaces = Static<typeof ReservedPlaces>;

export const RESERVATION_STATUSES = ['RESERVED', 'ALLOCATED', 'RELEASED', 'EXPIRED'] as const;
export type ReservationStatus = (typeof RESERVATION_STATUSES)[number];

/** `priceCents` of places is the price of one place. `expiresAt` is when the hold ends unless it is paid for. */
export const Reservation = Type.Object({
  reservationId: Type.String(),
  eventId: Type.String(),
  userId: Type.String(),
  seats: Type.Array(ReservedSeat),
  places: Type.Array(ReservedPlaces),
  totalCents: Type.Integer(),
  currency: Currency,
  status: Type.Enum(RESERVATION_STATUSES),
  expiresAt: Time,
  ttlSeconds: Type.Integer(),
});
export type Reservation = Static<typeof Reservation>;

export const ReleaseBody = Type.Object({ reservationId: idSchema('reservation') }, closed);

const Row = Type.Object(
  {
    row: Type.String({ minLength: 1, maxLength: 60 }),
    seats: Type.Integer({ minimum: 1, maximum: 1_000 }),
    rank: Type.Optional(Type.Integer({ minimum: 0, maximum: 1_000_000 })),
    x: Type.Optional(Type.Number({ minimum: -100_000, maximum: 100_000 })),
    y: Type.Optional(Type.Number({ minimum: -100_000, maximum: 100_000 })),
    curve: Type.Optional(Type.Number({ minimum: -1_000, maximum: 1_000 })),
  },
  closed,
);
const SeatedSection = Type.Object(
  {
    section: SectionName,
    kind: Type.Literal('SEATED'),
    priceCents: AmountCents,
    rows: Type.Array(Row, { minItems: 1, maxItems: 500 }),
  },
  closed,
);
const GeneralAdmissionSection = Type.Object(
  {
    section: SectionName,
    kind: Type.Literal('GENERAL_ADMISSION'),
    priceCents: AmountCents,
    capacity: Type.Integer({ minimum: 1, maximum: 1_000_000 }),
  },
  closed,
);

export const BulkSeatsBody = Type.Object(
  {
    eventId: EventId,
    sections: Type.Array(Type.Union([SeatedSection, GeneralAdmissionSection]), { minItems: 1, maxItems: 500 }),
  },
  closed,
);
export type BulkSeatsBody = Static<typeof BulkSeatsBody>;

export const SectionAnswer = Type.Object({
  section: Type.String(),
  kind: Type.Union([Type.Literal('SEATED'), Type.Literal('GENERAL_ADMISSION')]),
  priceCents: AmountCents,
  totalSeats: Type.Integer(),
});
export const BulkSeatsAnswer = Type.Object({
  eventId: Type.String(),
  totalSeats: Type.Integer(),
  sections: Type.Array(SectionAnswer),
});

export const EditSectionBody = Type.Object(
  {
    eventId: EventId,
    section: SectionName,
    priceCents: Type.Optional(AmountCents),
    capacity: Type.Optional(Type.Integer({ minimum: 0, maximum: 1_000_000 })),
  },
  closed,
);
export type EditSectionBody = Static<typeof EditSectionBody>;

export const BlockSeatsBody = Type.Object(
  { eventId: EventId, seatIds: Type.Array(SeatId, { minItems: 1, maxItems: MAX_SEATS_PER_BLOCK }) },
  closed,
);
export const BlockSeatsAnswer = Type.Object({
  eventId: Type.String(),
  version: Type.Integer(),
  seatIds: Type.Array(Type.Integer()),
});

/** `availableSeats` of a section counts seats or places that can be reserved now. */
export const SectionAvailability = Type.Object({
  section: Type.String(),
  kind: Type.String(),
  priceCents: AmountCents,
  totalSeats: Type.Integer(),
  availableSeats: Type.Integer(),
});
export type SectionAvailability = Static<typeof SectionAvailability>;

export const Availability = Type.Object({
  eventId: Type.String(),
  version: Type.Integer(),
  totalSeats: Type.Integer(),
  availableSeats: Type.Integer(),
  reservedSeats: Type.Integer(),
  allocatedSeats: Type.Integer(),
  blockedSeats: Type.Integer(),
  seatsBySection: Type.Array(SectionAvailability),
});
export type Availability = Static<typeof Availability>;

/** The layout of an event; it changes only when sections are added or edited. Index i of each column is seat i + 1. */
export const SeatMap = Type.Object({
  eventId: Type.String(),
  layoutVersion: Type.Integer(),
  sections: Type.Array(SectionAnswer),
  seats: Type.Object({
    section: Type.Array(Type.String()),
    row: Type.Array(Type.String()),
    number: Type.Array(Type.Integer()),
    priceCents: Type.Array(AmountCents),
    x: Type.Array(Type.Number()),
    y: Type.Array(Type.Number()),
  }),
});
export type SeatMap = Static<typeof SeatMap>;

/** One letter a seat in the order of seatId: A available, R reserved, L allocated, B blocked. */
export const SeatStatuses = Type.Object({ eventId: Type.String(), version: Type.Integer(), statuses: Type.String() });
export type SeatStatuses = Static<typeof SeatStatuses>;

export type SeatLetter = 'A' | 'R' | 'L' | 'B';

/** Data of a `delta` on the stream: what changed from `version - 1` to `version`. */
export type SeatDelta = {
  version: number;
  changes: [seatId: number, status: SeatLetter][];
  sections: { section: string; availableSeats: number }[];
};

export const SeatAnswer = Type.Object({
  eventId: Type.String(),
  seatId: SeatId,
  section: Type.String(),
  row: Type.String(),
  number: Type.Integer(),
  seatCode: Type.String(),
  priceCents: AmountCents,
  status: Type.String(),
});

export const EventQuery = Type.Object({ eventId: EventId }, closed);
export const AvailabilityQuery = Type.Object({ eventId: EventId, section: Type.Optional(SectionName) }, closed);
export const MapQuery = Type.Object({ eventId: EventId, layoutVersion: Type.Optional(Type.Integer({ minimum: 1 })) }, closed);
export const StreamQuery = Type.Object({ eventId: EventId, version: Type.Optional(Type.Integer({ minimum: 0 })) }, closed);

// Between services.

/** Orders holds for its user, as the first step of a booking made in one call. Asking again for a reservation is answered again. */
export const InternalReserveBody = Type.Object(
  { ...ReserveBody.properties, userId: idSchema('user'), reservationId: idSchema('reservation') },
  closed,
);
export type InternalReserveBody = Static<typeof InternalReserveBody>;

const paying = { orderId: idSchema('order'), paymentId: idSchema('payment') };

export const PaymentWindowBody = Type.Object({ ...paying, windowSeconds: Type.Integer({ minimum: 1, maximum: 3_600 }) }, closed);
export const PaymentWindowAnswer = Type.Object({ expiresAt: Time, heldUntil: Time });
export type PaymentWindowAnswer = Static<typeof PaymentWindowAnswer>;

/** The window of another payment stays open. */
export const ClosePaymentWindowBody = Type.Object(paying, closed);

export const InternalReleaseBody = Type.Object({ reason: Type.Enum(RELEASE_REASONS) }, closed);

export const AllocationsBody = Type.Object(
  {
    allocations: Type.Array(Type.Object({ reservationId: idSchema('reservation'), orderId: idSchema('order') }, closed), {
      minItems: 1,
      maxItems: 1_000,
    }),
  },
  closed,
);

export const ALLOCATION_OUTCOMES = ['ALLOCATED', 'GONE', 'EVENT_CANCELLED'] as const;
export type AllocationOutcome = (typeof ALLOCATION_OUTCOMES)[number];

export const AllocationsAnswer = Type.Object({
  outcomes: Type.Array(Type.Object({ reservationId: Type.String(), outcome: Type.Enum(ALLOCATION_OUTCOMES) })),
});
export type AllocationsAnswer = Static<typeof AllocationsAnswer>;

/**
 * Seats and places of an order whose tickets were refunded become available again. Once per `refundId`; of what is named, only what
 * is still allocated to this order.
 */
export const DeallocateBody = Type.Object(
  {
    orderId: idSchema('order'),
    refundId: idSchema('refund'),
    seatIds: Type.Array(SeatId, { maxItems: 1_000 }),
    places: Type.Array(Type.Object({ section: SectionName, quantity: Type.Integer({ minimum: 1 }) }, closed), { maxItems: 100 }),
  },
  closed,
);
export type DeallocateBody = Static<typeof DeallocateBody>;

/** Whether the sale is ended for good: not so where seats are held or sold. */
export const CloseSaleAnswer = Type.Object({ closed: Type.Boolean() });
export type CloseSaleAnswer = Static<typeof CloseSaleAnswer>;
