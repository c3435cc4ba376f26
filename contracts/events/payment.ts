import { Type } from 'typebox';
import { REFUND_KINDS } from '../http/payments.ts';
import { AmountCents, Currency } from '../money.ts';
import { EventId, OrderId, PaymentId, RefundId, ReservationId, TicketId, Time, UserId } from './fields.ts';

const payment = {
  paymentId: PaymentId,
  orderId: OrderId,
  userId: UserId,
  eventId: EventId,
  reservationId: ReservationId,
  amountCents: AmountCents,
  currency: Currency,
};

export const paymentEvents = {
  'payment.requested': {
    version: 1,
    by: 'payments',
    summary: 'A charge began.',
    data: Type.Object({ ...payment, paymentMethod: Type.String(), attempt: Type.Integer(), requestedAt: Time }),
  },
  'payment.completed': {
    version: 1,
    by: 'payments',
    summary: 'Money was captured for an order.',
    data: Type.Object({ ...payment, transactionId: Type.String(), attempt: Type.Integer(), completedAt: Time }),
  },
  'payment.failed': {
    version: 1,
    by: 'payments',
    summary: 'A charge failed: nothing was captured.',
    data: Type.Object({
      ...payment,
      failureReason: Type.String(),
      retryable: Type.Boolean(),
      attempt: Type.Integer(),
      failedAt: Time,
    }),
  },
  'payment.retried': {
    version: 1,
    by: 'payments',
    summary: 'A charge failed for a technical reason and is tried again.',
    data: Type.Object({ ...payment, failureReason: Type.String(), attempt: Type.Integer(), retriedAt: Time }),
  },
  'payment.refunded': {
    version: 1,
    by: 'payments',
    summary: 'Money was given back.',
    data: Type.Object({
      ...payment,
      refundId: RefundId,
      kind: Type.Enum(REFUND_KINDS),
      refundedCents: AmountCents,
      reason: Type.String(),
      ticketIds: Type.Array(TicketId),
      refundedAt: Time,
    }),
  },
  'payment.refund-failed': {
    version: 1,
    by: 'payments',
    summary: 'The provider refused to give money back.',
    data: Type.Object({
      ...payment,
      refundId: RefundId,
      kind: Type.Enum(REFUND_KINDS),
      refundCents: AmountCents,
      failureReason: Type.String(),
      retryable: Type.Boolean(),
      failedAt: Time,
    }),
  },
} as const;
