import { Type } from 'typebox';
import { REFUND_KINDS } from '../http/payments.ts';
import { AmountCents, Currency } from '../money.ts';

const payment = {
  paymentId: Type.String(),
  orderId: Type.String(),
  userId: Type.String(),
  eventId: Type.String(),
  reservationId: Type.String(),
  amountCents: AmountCents,
  currency: Currency,
};

export const paymentEvents = {
  'payment.requested': {
    version: 1,
    data: Type.Object({ ...payment, paymentMethod: Type.String(), attempt: Type.Integer(), requestedAt: Type.String() }),
  },
  'payment.completed': {
    version: 1,
    data: Type.Object({ ...payment, transactionId: Type.String(), attempt: Type.Integer(), completedAt: Type.String() }),
  },
  'payment.failed': {
    version: 1,
    data: Type.Object({
      ...payment,
      failureReason: Type.String(),
      retryable: Type.Boolean(),
      attempt: Type.Integer(),
      failedAt: Type.String(),
    }),
  },
  'payment.retried': {
    version: 1,
    data: Type.Object({ ...payment, failureReason: Type.String(), attempt: Type.Integer(), retriedAt: Type.String() }),
  },
  'payment.refunded': {
    version: 1,
    data: Type.Object({
      ...payment,
      refundId: Type.String(),
      kind: Type.Enum(REFUND_KINDS),
      refundedCents: AmountCents,
      reason: Type.String(),
      ticketIds: Type.Array(Type.String()),
      refundedAt: Type.String(),
    }),
  },
  'payment.refund-failed': {
    version: 1,
    data: Type.Object({
      ...payment,
      refundId: Type.String(),
      kind: Type.Enum(REFUND_KINDS),
      refundCents: AmountCents,
      failureReason: Type.String(),
      retryable: Type.Boolean(),
      failedAt: Type.String(),
    }),
  },
} as const;
