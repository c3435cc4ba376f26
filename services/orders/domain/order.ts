import type { CancelReason, OrderStatus } from '../../../contracts/http/orders.ts';
import type { ReleaseReason } from '../../../contracts/events/seat.ts';
import { isSettled, nextStatus, type OrderCause } from './order-status.ts';
import type { PricedItem } from './pricing.ts';

export type OrderState = {
  orderId: string;
  userId: string;
  eventId: string;
  reservationId: string;
  status: OrderStatus;
  /** Made with its hold and its payment in one call: when that payment comes to nothing, it has failed. */
  oneCall: boolean;
  items: readonly PricedItem[];
  subtotalCents: number;
  feeCents: number;
  taxCents: number;
  totalCents: number;
  currency: string;
  /** Of the payment under way, or of the one that paid. */
  paymentId: string | null;
  confirmationNumber: string | null;
  /** When the hold ends unless it is paid for. */
  expiresAt: Date;
  paymentWindowEndsAt: Date | null;
  /** Why the hold ended, when it did so during a payment. */
  holdEndReason: ReleaseReason | null;
  /** Set once the order is given up, also while its payment or its refund is under way. */
  cancelReason: CancelReason | null;
  /** When the reconciler looks, unless something was heard before. */
  checkAt: Date | null;
  createdAt: Date;
  updatedAt: Date;
};

/** An order after one step, and what it was before (null: it did not exist). */
export type OrderChange = { from: OrderStatus | null; order: OrderState; cause: OrderCause | 'CREATED' };

/** How long news of a hold's end may take before the reconciler asks. */
const NEWS_TIME_MS = 30_000;
/** When it asks about a payment: by then payments has dropped one that never began, and its order need not wait for the window's end. */
const FIRST_LOOK_MS = 20_000;

type Fields = Partial<
  Pick<OrderState, 'paymentId' | 'confirmationNumber' | 'paymentWindowEndsAt' | 'holdEndReason' | 'cancelReason'>
>;

const CANCEL_REASONS: Partial<Record<OrderCause, CancelReason>> = {
  CANCELLED_BY_BUYER: 'BUYER',
  EVENT_CANCELLED: 'EVENT_CANCELLED',
  PAID_BUT_EVENT_CANCELLED: 'EVENT_CANCELLED',
};

/** The order after `cause`, or null when the table of transitions says that it changes nothing. */
export function changeOrder(order: OrderState, cause: OrderCause, at: Date, fields: Fields = {}): OrderChange | null {
  const status = nextStatus(order.status, cause);
  if (status === null) return null;
  const cancelReason = CANCEL_REASONS[cause] ?? order.cancelReason;
  const changed = { ...order, cancelReason, ...fields, status, updatedAt: at };
  return { from: order.status, cause, order: { ...changed, checkAt: whenToCheck(changed, at) } };
}

/** When the reconciler is to look at an order in this state if nothing is heard; null for one that expects no news. */
export function whenToCheck(order: Pick<OrderState, 'status' | 'totalCents' | 'expiresAt'>, at: Date): Date | null {
  if (order.status === 'PAYMENT_PROCESSING') return new Date(at.getTime() + FIRST_LOOK_MS);
  if (order.status !== 'PENDING') return null;
  // A free order waits for nobody: it is confirmed as soon as seating answers.
  if (order.totalCents === 0) return at;
  return new Date(Math.max(order.expiresAt.getTime(), at.getTime()) + NEWS_TIME_MS);
}

const HOLD_END_CAUSES: Record<ReleaseReason, OrderCause | null> = {
  EXPIRED: 'HOLD_EXPIRED',
  CANCELLED: 'HOLD_RELEASED',
  PAYMENT_FAILED: 'HOLD_RELEASED',
  EVENT_CANCELLED: 'EVENT_CANCELLED',
  REFUNDED: null,
};

/** The hold ended. During a payment that is only noted. */
export function holdEnded(order: OrderState, reason: ReleaseReason, at: Date): OrderChange | null {
  const cause = HOLD_END_CAUSES[reason];
  // Of an order that is paid no hold can end any more: that is other news, of seats that were given back.
  if (cause === null || order.holdEndReason !== null || isSettled(order.status)) return null;
  return changeOrder(order, cause, at, order.status === 'PAYMENT_PROCESSING' ? { holdEndReason: reason } : {});
}

/**
 * A payment came to nothing: back to PENDING so that another card can be tried, and from there to the end if the hold is over
 * already. A booking made in one call has failed, unless it was given up before, or the payment never began. News of any other payment
 * than the one under way changes nothing.
 */
export function paymentFailed(order: OrderState, paymentId: string, at: Date, neverBegan = false): OrderChange[] {
  if (order.paymentId !== paymentId) return [];
  const fields = { paymentId: null, paymentWindowEndsAt: null, holdEndReason: null };
  const declined = order.oneCall && order.cancelReason === null && !neverBegan;
  const back = changeOrder(order, declined ? 'BOOKING_DECLINED' : 'PAYMENT_FAILED', at, fields);
  if (back === null) return [];
  const end = declined ? null : endAfterPayment(back.order, order, at);
  return end === null ? [back] : [back, end];
}

/** What was only noted while the payment was under way: the order was given up, or its hold ended. */
function endAfterPayment(open: OrderState, { cancelReason, holdEndReason }: OrderState, at: Date): OrderChange | null {
  if (cancelReason === 'BUYER') return changeOrder(open, 'CANCELLED_BY_BUYER', at);
  if (cancelReason === 'EVENT_CANCELLED') return changeOrder(open, 'EVENT_CANCELLED', at);
  return holdEndReason === null ? null : holdEnded(open, holdEndReason, at);
}

export type BeginPaymentRefusal =
  | { ok: false; code: 'ORDER_NOT_FOUND' }
  | { ok: false; code: 'ORDER_NOT_PAYABLE'; status: OrderStatus }
  | { ok: false; code: 'AMOUNT_MISMATCH'; totalCents: number; currency: string };

/**
 * Whether a payment may begin. Payments keeps at most one payment per order alive, so one that asks while another is noted here
 * is the only one: the news that the other failed is still on its way.
 */
export function mayBeginPayment(
  order: OrderState | undefined,
  request: { userId: string; amountCents: number; currency: string },
): { ok: true; order: OrderState } | BeginPaymentRefusal {
  if (order === undefined || order.userId !== request.userId) return { ok: false, code: 'ORDER_NOT_FOUND' };
  const payable = nextStatus(order.status, 'PAYMENT_STARTED') !== null && order.totalCents > 0 && !isEnding(order);
  if (!payable) return { ok: false, code: 'ORDER_NOT_PAYABLE', status: order.status };
  if (order.totalCents !== request.amountCents || order.currency !== request.currency)
    return { ok: false, code: 'AMOUNT_MISMATCH', totalCents: order.totalCents, currency: order.currency };
  return { ok: true, order };
}

/** Its hold ended, or it was given up, which was only noted because of a payment. */
function isEnding({ holdEndReason, cancelReason }: OrderState): boolean {
  return holdEndReason !== null || cancelReason !== null;
}

/** The buyer gives the order up. Not possible for a free order that is just being confirmed. */
export function cancelByBuyer(order: OrderState, at: Date): OrderChange | null {
  return order.totalCents === 0 && order.status === 'PENDING' ? null : changeOrder(order, 'CANCELLED_BY_BUYER', at);
}
