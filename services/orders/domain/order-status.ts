import type { OrderStatus } from '../../../contracts/http/orders.ts';

/** Everything that can happen to an order after it was made. */
export const ORDER_CAUSES = [
  'PAYMENT_STARTED',
  'PAYMENT_FAILED',
  'BOOKING_DECLINED',
  'HOLD_EXPIRED',
  'HOLD_RELEASED',
  'EVENT_CANCELLED',
  'CANCELLED_BY_BUYER',
  'SEATS_ALLOCATED',
  'SEATS_GONE',
  'PAID_BUT_CANCELLED',
  'PAID_BUT_EVENT_CANCELLED',
  'MONEY_RETURNED',
  'PARTLY_REFUNDED',
  'TICKETS_REFUNDED',
  'NOTHING_TO_REFUND',
  'REFUND_FAILED',
] as const;
export type OrderCause = (typeof ORDER_CAUSES)[number];

/**
 * The order's state machine, whole. What is absent changes nothing: news that comes twice, late or out of order falls through here.
 *
 * - A hold that ends during a payment is only noted, since money may still come; the payment's outcome decides.
 * - Only a payment whose seats are still free leads out of EXPIRED; otherwise the money goes back.
 * - An order that has ended keeps its status when late money for it must go back, and is REFUNDED once it went.
 * - A cancellation during a payment is only noted, too: money that comes goes back.
 * - A booking made in one call has one payment: without it, it has FAILED.
 * - A confirmed order that is given up stays so, with its tickets void, until their money went back, or could not.
 */
const TRANSITIONS: Record<OrderStatus, Partial<Record<OrderCause, OrderStatus>>> = {
  PENDING: {
    PAYMENT_STARTED: 'PAYMENT_PROCESSING',
    HOLD_EXPIRED: 'EXPIRED',
    HOLD_RELEASED: 'CANCELLED',
    EVENT_CANCELLED: 'CANCELLED',
    CANCELLED_BY_BUYER: 'CANCELLED',
    SEATS_ALLOCATED: 'CONFIRMED',
    SEATS_GONE: 'EXPIRED',
    PAID_BUT_EVENT_CANCELLED: 'CANCELLED',
  },
  PAYMENT_PROCESSING: {
    PAYMENT_STARTED: 'PAYMENT_PROCESSING',
    PAYMENT_FAILED: 'PENDING',
    BOOKING_DECLINED: 'FAILED',
    CANCELLED_BY_BUYER: 'PAYMENT_PROCESSING',
    HOLD_EXPIRED: 'PAYMENT_PROCESSING',
    HOLD_RELEASED: 'PAYMENT_PROCESSING',
    EVENT_CANCELLED: 'PAYMENT_PROCESSING',
    SEATS_ALLOCATED: 'CONFIRMED',
    SEATS_GONE: 'EXPIRED',
    PAID_BUT_CANCELLED: 'CANCELLED',
    PAID_BUT_EVENT_CANCELLED: 'CANCELLED',
  },
  EXPIRED: {
    SEATS_ALLOCATED: 'CONFIRMED',
    SEATS_GONE: 'EXPIRED',
    PAID_BUT_EVENT_CANCELLED: 'EXPIRED',
    MONEY_RETURNED: 'REFUNDED',
  },
  CANCELLED: { SEATS_GONE: 'CANCELLED', MONEY_RETURNED: 'REFUNDED' },
  FAILED: { SEATS_GONE: 'FAILED', MONEY_RETURNED: 'REFUNDED' },
  CONFIRMED: {
    CANCELLED_BY_BUYER: 'CONFIRMED',
    EVENT_CANCELLED: 'CONFIRMED',
    PARTLY_REFUNDED: 'PARTIALLY_REFUNDED',
    TICKETS_REFUNDED: 'REFUNDED',
    NOTHING_TO_REFUND: 'CANCELLED',
    REFUND_FAILED: 'CONFIRMED',
  },
  PARTIALLY_REFUNDED: {
    CANCELLED_BY_BUYER: 'PARTIALLY_REFUNDED',
    EVENT_CANCELLED: 'PARTIALLY_REFUNDED',
    PARTLY_REFUNDED: 'PARTIALLY_REFUNDED',
    TICKETS_REFUNDED: 'REFUNDED',
    REFUND_FAILED: 'PARTIALLY_REFUNDED',
  },
  REFUNDED: {},
};

/** The status that follows, or null when this changes nothing. */
export function nextStatus(status: OrderStatus, cause: OrderCause): OrderStatus | null {
  return TRANSITIONS[status][cause] ?? null;
}

/** Whether an order with this status can still become CONFIRMED. */
export function canBeConfirmed(status: OrderStatus): boolean {
  return nextStatus(status, 'SEATS_ALLOCATED') !== null;
}

/** Whether a wait for CONFIRMED is over: it is, or nothing but a late payment will make it so. */
export function isSettled(status: OrderStatus): boolean {
  return status !== 'PENDING' && status !== 'PAYMENT_PROCESSING';
}
