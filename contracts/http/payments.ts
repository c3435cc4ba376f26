import { type Static, Type } from 'typebox';
import { idSchema } from '../ids.ts';
import { AmountCents, Currency } from '../money.ts';

const closed = { additionalProperties: false } as const;
const Time = Type.String({ format: 'date-time' });

export const PAYMENT_METHODS = ['CREDIT_CARD', 'DEBIT_CARD', 'UPI', 'WALLET'] as const;
export type PaymentMethod = (typeof PAYMENT_METHODS)[number];

export const PAYMENT_STATUSES = ['PENDING', 'SUCCESS', 'FAILED', 'PARTIALLY_REFUNDED', 'REFUNDED'] as const;
export type PaymentStatus = (typeof PAYMENT_STATUSES)[number];

export const FAILURE_REASONS = ['INSUFFICIENT_FUNDS', 'CARD_DECLINED', 'GATEWAY_TIMEOUT', 'INVALID_CARD'] as const;
export type FailureReason = (typeof FAILURE_REASONS)[number];

/** How one charge uses its provider: attempts after technical failures, time of each, and the longest waits between them. */
export const CHARGE_POLICY = { attempts: 3, attemptTimeoutMs: 8_000, maxBackoffMs: 1_000 } as const;

/**
 * How long seats are kept for a charge: all its attempts and the waits between them, one question about their outcome, and slack
 * for the calls around. Orders asks seating for this window before the first attempt.
 */
export const PAYMENT_WINDOW_SECONDS =
  Math.ceil(
    (CHARGE_POLICY.attempts * (CHARGE_POLICY.attemptTimeoutMs + CHARGE_POLICY.maxBackoffMs) +
      2 * CHARGE_POLICY.attemptTimeoutMs) /
      1_000,
  ) + 15;

export const ChargeBody = Type.Object(
  {
    orderId: idSchema('order'),
    amountCents: AmountCents,
    currency: Currency,
    paymentMethod: Type.Enum(PAYMENT_METHODS),
    paymentToken: Type.Optional(
      Type.String({ minLength: 1, maxLength: 255, pattern: '^[\\x21-\\x7e]+$', description: 'Visible ASCII characters' }),
    ),
  },
  closed,
);
export type ChargeBody = Static<typeof ChargeBody>;

/** `transactionId` is the provider's, null until money was captured. */
const charge = {
  paymentId: Type.String(),
  orderId: Type.String(),
  amountCents: AmountCents,
  currency: Currency,
  status: Type.Enum(PAYMENT_STATUSES),
  paymentMethod: Type.Enum(PAYMENT_METHODS),
  transactionId: Type.Union([Type.String(), Type.Null()]),
  idempotencyKey: Type.String(),
  createdAt: Time,
};

export const ChargeAnswer = Type.Object(charge);
export type ChargeAnswer = Static<typeof ChargeAnswer>;

export const REFUND_STATUSES = ['PENDING', 'SUCCESS', 'FAILED'] as const;
export type RefundStatus = (typeof REFUND_STATUSES)[number];

/**
 * Why money went back. TICKETS: those tickets are void and their seats become free. GOODWILL: an amount, and the tickets stay.
 * LATE_PAYMENT: it was captured for an order that could not be had, or had been given up.
 */
export const REFUND_KINDS = ['LATE_PAYMENT', 'TICKETS', 'GOODWILL'] as const;
export type RefundKind = (typeof REFUND_KINDS)[number];

/** Neither `ticketIds` nor `amountCents`: everything that is left. */
export const RefundBody = Type.Object(
  {
    paymentId: idSchema('payment'),
    ticketIds: Type.Optional(Type.Array(idSchema('ticket'), { minItems: 1, maxItems: 1_000, uniqueItems: true })),
    amountCents: Type.Optional(Type.Integer({ minimum: 1, maximum: 2_147_483_647 })),
    reason: Type.String({ minLength: 1, maxLength: 500, pattern: '\\S' }),
  },
  closed,
);
export type RefundBody = Static<typeof RefundBody>;

/** PENDING until the provider has answered. A FAILED one gave nothing back: what it had reserved can be refunded again. */
export const Refund = Type.Object({
  refundId: Type.String(),
  paymentId: Type.String(),
  orderId: Type.String(),
  kind: Type.Enum(REFUND_KINDS),
  ticketIds: Type.Array(Type.String()),
  amountCents: AmountCents,
  currency: Currency,
  reason: Type.String(),
  status: Type.Enum(REFUND_STATUSES),
  failureReason: Type.Optional(Type.String()),
  createdAt: Time,
  refundedAt: Type.Optional(Time),
});
export type Refund = Static<typeof Refund>;

/** `retryable` of a failed payment: whether the same card may work another time. `refundedCents` counts PENDING refunds too. */
export const Payment = Type.Object({
  ...charge,
  failureReason: Type.Optional(Type.String()),
  retryable: Type.Optional(Type.Boolean()),
  refundedCents: AmountCents,
  refunds: Type.Array(Refund),
  updatedAt: Time,
});
export type Payment = Static<typeof Payment>;

export const PaymentPath = Type.Object({ id: Type.String() });
export const PaymentsQuery = Type.Object(
  {
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 100 })),
    cursor: Type.Optional(Type.String({ maxLength: 100 })),
    status: Type.Optional(Type.Enum(PAYMENT_STATUSES)),
    orderId: Type.Optional(idSchema('order')),
  },
  closed,
);
export const PaymentList = Type.Object({ items: Type.Array(Payment), nextCursor: Type.Union([Type.String(), Type.Null()]) });

// Between services.

/** Orders charges for its user, as the last step of a booking made in one call. Asking again for an order is answered again. */
export const InternalChargeBody = Type.Object({ ...ChargeBody.properties, userId: idSchema('user') }, closed);
export type InternalChargeBody = Static<typeof InternalChargeBody>;

/** What became of a payment, for an order that has heard nothing. */
export const PaymentState = Type.Object({
  paymentId: Type.String(),
  orderId: Type.String(),
  status: Type.Enum(PAYMENT_STATUSES),
});
export type PaymentState = Static<typeof PaymentState>;
