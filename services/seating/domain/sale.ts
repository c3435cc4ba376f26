import type {
  AllocationOutcome,
  ReservationStatus,
  ReservedPlaces,
  ReservedSeat,
  SeatLetter,
} from '../../../contracts/http/seating.ts';
import type { ReleaseReason } from '../../../contracts/events/seat.ts';
import type { SeatChooser } from './best-available.ts';
import type { Layout } from './layout.ts';

/** What the organizer decided about the sale of an event. */
export type SaleRules = {
  eventId: string;
  organizerId: string;
  status: string;
  currency: string;
  onSaleAt: Date;
  offSaleAt: Date | null;
  endDate: Date;
  /** Null: the program's default. */
  holdTtlSeconds: number | null;
  maxTicketsPerUser: number;
};

/** The status that stands here for an event that the catalog no longer has. */
export const DELETED = 'DELETED';

/** Statuses of events that will not take place: nothing of them is sold or paid for any more. */
export const CALLED_OFF: readonly string[] = ['CANCELLED', DELETED];

export type SeatState = { status: SeatLetter; reservationId: string | null };
export type PlaceState = { capacity: number; reserved: number; allocated: number };
export type SectionPlaces = PlaceState & { sectionIndex: number };

/** What a buyer was told: it does not change when prices do. */
export type ReservationContent = {
  seats: ReservedSeat[];
  places: ReservedPlaces[];
  totalCents: number;
  currency: string;
  ttlSeconds: number;
};

export type ReservationState = {
  reservationId: string;
  eventId: string;
  userId: string;
  status: ReservationStatus;
  seatIds: readonly number[];
  places: readonly { sectionIndex: number; quantity: number }[];
  quantity: number;
  content: ReservationContent;
  reservedAt: Date;
  expiresAt: Date;
  /** The end of the hold: `expiresAt`, or later while a charge is under way. */
  heldUntil: Date;
  payingOrderId: string | null;
  payingPaymentId: string | null;
  orderId: string | null;
  outcome: AllocationOutcome | null;
  endedAt: Date | null;
  endReason: ReleaseReason | null;
  /** Refunds whose seats and places were given back. */
  refundIds: readonly string[];
};

/**
 * The part of an event's sale that a batch works on, read under the event's lock. `seats`, `tickets` and `reservations` hold what
 * the batch's commands may touch, not the whole event.
 */
export type SaleState = {
  rules: SaleRules;
  layout: Layout;
  totalSeats: number;
  availableSeats: number;
  seats: Map<number, SeatState>;
  /** General-admission sections by their index in the layout. */
  places: Map<number, PlaceState>;
  /** Live tickets (reserved or allocated) of the users that the batch has commands of. */
  tickets: Map<string, number>;
  reservations: Map<string, ReservationState>;
  /** Present when a command asks for the best available seats. */
  chooser: SeatChooser | null;
};

/** What a hold is being paid by. */
export type Paying = { orderId: string; paymentId: string };

/** A fact about the sale; `evolve` makes it so in the working state, the store in the database, the publisher on the log. */
export type Change =
  | { type: 'reserved'; reservation: ReservationState }
  | { type: 'ended'; reservationId: string; status: 'RELEASED' | 'EXPIRED'; reason: ReleaseReason; at: Date }
  | { type: 'allocated'; reservationId: string; orderId: string; at: Date }
  | { type: 'allocation-refused'; reservationId: string; outcome: 'GONE' | 'EVENT_CANCELLED' }
  | { type: 'window-set'; reservationId: string; heldUntil: Date; paying: Paying | null }
  | {
      type: 'deallocated';
      reservationId: string;
      refundId: string;
      seatIds: readonly number[];
      places: readonly { sectionIndex: number; quantity: number }[];
      reason: 'REFUNDED' | 'EVENT_CANCELLED';
      at: Date;
    }
  | { type: 'blocked'; seatIds: readonly number[] }
  | { type: 'unblocked'; seatIds: readonly number[] };
