import type { OrderStatus } from '../../../../contracts/http/orders.ts';

/** An order's status as one says it to its buyer. */
export const STATUS_WORDS: Record<OrderStatus, string> = {
  PENDING: 'Waiting for payment',
  PAYMENT_PROCESSING: 'Payment on its way',
  CONFIRMED: 'Paid',
  CANCELLED: 'Cancelled',
  EXPIRED: 'Not paid in time',
  FAILED: 'Not paid',
  PARTIALLY_REFUNDED: 'Partly refunded',
  REFUNDED: 'Refunded',
};

const NEVER_TO_BE_CONFIRMED: readonly OrderStatus[] = ['CANCELLED', 'EXPIRED', 'FAILED', 'REFUNDED'];

export function isOver(status: OrderStatus): boolean {
  return NEVER_TO_BE_CONFIRMED.includes(status);
}

export function isPaid(status: OrderStatus): boolean {
  return status === 'CONFIRMED' || status === 'PARTIALLY_REFUNDED';
}
