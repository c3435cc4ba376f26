import { type Static, Type } from 'typebox';
import { idSchema } from '../ids.ts';
import { AmountCents, Currency } from '../money.ts';

const closed = { additionalProperties: false } as const;
const Time = Type.String({ format: 'date-time' });

export const ORDER_STATUSES = [
  'PENDING',
  'PAYMENT_PROCESSING',
  'CONFIRMED',
  'CANCELLED',
  'EXPIRED',
  'FAILED',
  'PARTIALLY_REFUNDED',
  'REFUNDED',
] as const;
export type OrderStatus = (typeof ORDER_STATUSES)[number];

/** Why an order is given up: its buyer wants it so, or the event does not take place. */
export const CANCEL_REASONS = ['BUYER', 'EVENT_CANCELLED'] as const;
export type CancelReason = (typeof CANCEL_REASONS)[number];

export const TICKET_STATUSES = ['VALID', 'USED', 'REVOKED'] as const;
export type TicketStatus = (typeof TICKET_STATUSES)[number];

/** The longest that a long poll waits. */
export const MAX_ORDER_WAIT_MS = 30_000;

export const CreateOrderBody = Type.Object({ reservationId: idSchema('reservation') }, closed);
export type CreateOrderBody = Static<typeof CreateOrderBody>;

/** One ticket to be: a numbered seat, or a general-admission place (no `seatId`; its `seatCode` is the section's name). */
export const OrderItem = Type.Object({
  seatId: Type.Optional(Type.Integer()),
  seatCode: Type.String(),
  section: Type.String(),
  priceCents: AmountCents,
});
export type OrderItem = Static<typeof OrderItem>;

/**
 * `paymentId` is of the payment under way or the one that paid. `expiresAt` is when the hold ends unless it is paid for. With a
 * `cancelReason` the order is given up, whatever its status: money that was or will be captured goes back, and until it has, an
 * order that was paid stays CONFIRMED, with its tickets revoked.
 */
export const Order = Type.Object({
  orderId: Type.String(),
  status: Type.Enum(ORDER_STATUSES),
  userId: Type.String(),
  eventId: Type.String(),
  reservationId: Type.String(),
  items: Type.Array(OrderItem),
  subtotalCents: AmountCents,
  feeCents: AmountCents,
  taxCents: AmountCents,
  totalCents: AmountCents,
  currency: Currency,
  paymentId: Type.Optional(Type.String()),
  confirmationNumber: Type.Optional(Type.String()),
  cancelReason: Type.Optional(Type.Enum(CANCEL_REASONS)),
  expiresAt: Time,
  createdAt: Time,
  updatedAt: Time,
});
export type Order = Static<typeof Order>;

/** A change of the order's status; the first has no `fromStatus`. `cause` is one of those of docs/order-states.md. */
export const OrderStatusChange = Type.Object({
  kind: Type.Literal('CHANGE'),
  at: Time,
  cause: Type.String(),
  fromStatus: Type.Optional(Type.Enum(ORDER_STATUSES)),
  status: Type.Enum(ORDER_STATUSES),
  paymentId: Type.Optional(Type.String()),
});

/** What payments told: `type` is that of the domain event, `attempt` counts the attempts of one payment. */
export const PaymentNews = Type.Object({
  kind: Type.Literal('PAYMENT'),
  at: Time,
  type: Type.String(),
  paymentId: Type.String(),
  attempt: Type.Optional(Type.Integer()),
  amountCents: Type.Optional(AmountCents),
  failureReason: Type.Optional(Type.String()),
  retryable: Type.Optional(Type.Boolean()),
  refundId: Type.Optional(Type.String()),
  reason: Type.Optional(Type.String()),
});
export type PaymentNews = Static<typeof PaymentNews>;

const HistoryEntry = Type.Union([OrderStatusChange, PaymentNews]);
export type HistoryEntry = Static<typeof HistoryEntry>;

/** Every change of an order and everything that payments told of it, in order. */
export const OrderHistory = Type.Object({ orderId: Type.String(), items: Type.Array(HistoryEntry) });

export const OrderPath = Type.Object({ id: Type.String() });

/** With `waitFor` the answer comes when the order has that status, can no longer get it, or `timeoutMs` is over. */
export const OrderQuery = Type.Object(
  {
    waitFor: Type.Optional(Type.Literal('CONFIRMED')),
    timeoutMs: Type.Optional(Type.Integer({ minimum: 0, maximum: MAX_ORDER_WAIT_MS })),
  },
  closed,
);

export const PageQuery = Type.Object(
  {
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 100 })),
    cursor: Type.Optional(Type.String({ maxLength: 100 })),
  },
  closed,
);
export type PageQuery = Static<typeof PageQuery>;

export const OrdersQuery = Type.Object(
  {
    ...PageQuery.properties,
    status: Type.Optional(Type.Enum(ORDER_STATUSES)),
    eventId: Type.Optional(idSchema('event')),
  },
  closed,
);

const NextCursor = Type.Union([Type.String(), Type.Null()]);

export const OrderList = Type.Object({ items: Type.Array(Order), nextCursor: NextCursor });

/** `qrPayload` is what the QR code holds: see contracts/tickets.ts. */
export const Ticket = Type.Object({
  ticketId: Type.String(),
  ticketCode: Type.String(),
  orderId: Type.String(),
  eventId: Type.String(),
  section: Type.String(),
  seatId: Type.Optional(Type.Integer()),
  seatCode: Type.String(),
  qrPayload: Type.String(),
  status: Type.Enum(TICKET_STATUSES),
  issuedAt: Time,
});
export type Ticket = Static<typeof Ticket>;

export const OrderTickets = Type.Object({ orderId: Type.String(), tickets: Type.Array(Ticket) });
export type OrderTickets = Static<typeof OrderTickets>;
export const TicketList = Type.Object({ items: Type.Array(Ticket), nextCursor: NextCursor });

// Between services.

/** Payments asks the order to enter PAYMENT_PROCESSING for this payment. Asking again for the same payment is answered again. */
export const BeginPaymentBody = Type.Object(
  { paymentId: idSchema('payment'), userId: idSchema('user'), amountCents: AmountCents, currency: Currency },
  closed,
);
export type BeginPaymentBody = Static<typeof BeginPaymentBody>;

/** The seats are kept for this payment until `windowEndsAt`. */
export const BeginPaymentAnswer = Type.Object({ eventId: Type.String(), reservationId: Type.String(), windowEndsAt: Time });
export type BeginPaymentAnswer = Static<typeof BeginPaymentAnswer>;

/** Orders of an event, in whatever state. */
export const EventOrdersAnswer = Type.Object({ count: Type.Integer({ minimum: 0 }) });
export type EventOrdersAnswer = Static<typeof EventOrdersAnswer>;

/**
 * Payments asks that tickets become void before their money goes back: these, or all that are left. Asking again with the same
 * `refundId` is answered again.
 */
export const RevokeTicketsBody = Type.Object(
  {
    refundId: idSchema('refund'),
    paymentId: idSchema('payment'),
    ticketIds: Type.Optional(Type.Array(idSchema('ticket'), { minItems: 1, maxItems: 1_000 })),
    reason: Type.String(),
  },
  closed,
);
export type RevokeTicketsBody = Static<typeof RevokeTicketsBody>;

/** What the tickets were worth. None: the order never had any, so what was captured for it is late money. */
export const RevokeTicketsAnswer = Type.Object({ ticketIds: Type.Array(Type.String()), valueCents: AmountCents });
export type RevokeTicketsAnswer = Static<typeof RevokeTicketsAnswer>;
