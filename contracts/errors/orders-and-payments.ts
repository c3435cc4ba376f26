import type { ErrorTable } from './error-table.ts';

export const ORDER_AND_PAYMENT_ERRORS = {
  ORDER_EXISTS: {
    status: 409,
    title: 'The reservation already has an order',
    when: 'The reservation already has a live order, `orderId`.',
    whatToDo: 'Pay or cancel that one.',
  },
  ORDER_NOT_PAYABLE: {
    status: 409,
    title: 'The order cannot be paid now',
    when: 'The order is paid, cancelled or expired, or its hold has ended. Nothing was charged.',
    whatToDo: 'Read the order; reserve again if it has expired.',
  },
  ORDER_NOT_CANCELLABLE: {
    status: 409,
    title: 'The order cannot be cancelled now',
    when: 'The order has come to its end already (`orderStatus`), a ticket of it was used, or it is free and just being confirmed.',
    whatToDo: 'Read the order.',
  },
  PAYMENT_IN_PROGRESS: {
    status: 409,
    title: 'A payment for this order is already under way',
    when: 'Another payment of this order, `paymentId`, is under way, or its outcome is not known yet.',
    whatToDo: 'Wait for it; do not send another card.',
  },
  AMOUNT_MISMATCH: {
    status: 422,
    title: 'The amount is not what the order costs',
    when: 'The amount or currency is not what the order costs. Nothing was charged.',
    whatToDo: 'Read the order and charge its `totalCents`.',
  },
  PAYMENT_NOT_REFUNDABLE: {
    status: 409,
    title: 'Nothing of this payment can be refunded now',
    when: 'Nothing was captured, everything went back or is on its way (`paymentStatus`), or the order is just being confirmed.',
    whatToDo: 'Read the payment; repeat with a new key if it has changed.',
  },
  TICKET_NOT_REFUNDABLE: {
    status: 409,
    title: 'At least one of these tickets cannot be refunded',
    when: 'Some of the tickets were used or are revoked: `ticketIds`. Nothing was revoked or refunded.',
    whatToDo: 'Leave those out, or refund an amount.',
  },
  REFUND_FAILED: {
    status: 409,
    title: 'The provider refused the refund',
    when: 'The provider refused for good (`failureReason`). Nothing went back, `refundId` is FAILED, and the tickets are as they were.',
    whatToDo: 'Give the money back another way, or try again.',
  },
  REFUND_TOO_LARGE: {
    status: 422,
    title: 'More than is left of the payment',
    when: 'The amount is more than is left: `refundableCents`. Refunds on their way count.',
    whatToDo: 'Ask for less.',
  },
  PAYMENT_DECLINED: {
    status: 402,
    title: 'The payment was declined',
    when: 'The provider refused. `failureReason` says why; `retryable` whether the same card may work later. Nothing was charged and the seats are still held.',
    whatToDo: 'Offer another card before the hold ends.',
  },
} as const satisfies ErrorTable;
