import type { AllocationOutcome } from '../../../contracts/http/seating.ts';
import { changeOrder, type OrderChange, type OrderState } from './order.ts';
import { canBeConfirmed, type OrderCause } from './order-status.ts';

/** Why money that was captured goes back. */
export type RefundReason = 'SEATS_GONE' | 'EVENT_CANCELLED' | 'ORDER_CANCELLED' | 'ORDER_ENDED' | 'DUPLICATE_PAYMENT';

export type Settlement = {
  change: OrderChange | null;
  /** Tickets are to be issued. */
  confirmed: boolean;
  /** Set when money was captured that must go back. */
  refund: RefundReason | null;
};

const NOTHING: Settlement = { change: null, confirmed: false, refund: null };

/**
 * What becomes of an order that was paid (`paymentId`) or costs nothing (null), now that seating has said what became of its
 * seats. `outcome` is seating's stored answer, absent when it was not asked because the order could not be confirmed any more.
 */
export function settle(
  order: OrderState,
  paymentId: string | null,
  outcome: AllocationOutcome | undefined,
  at: Date,
  confirmationNumber: string,
  eventCancelled = false,
): Settlement {
  // Already settled with this payment: its money is on its way back.
  if (order.status === 'EXPIRED' && paymentId !== null && order.paymentId === paymentId) return NOTHING;
  if (!canBeConfirmed(order.status)) return settleEnded(order, paymentId, at);
  if (outcome === undefined) throw new Error(`Seating was not asked about ${order.orderId}, which is ${order.status}`);
  const called = paymentId === null ? null : calledOff(order, eventCancelled);
  if (called !== null)
    return { change: changeOrder(order, called.cause, at, { paymentId }), confirmed: false, refund: called.refund };
  if (outcome === 'ALLOCATED') {
    const change = changeOrder(order, 'SEATS_ALLOCATED', at, { paymentId, confirmationNumber });
    return { change, confirmed: change !== null, refund: null };
  }
  const cause: OrderCause = outcome === 'GONE' ? 'SEATS_GONE' : 'PAID_BUT_EVENT_CANCELLED';
  const refund = outcome === 'GONE' ? 'SEATS_GONE' : 'EVENT_CANCELLED';
  return { change: changeOrder(order, cause, at, { paymentId }), confirmed: false, refund: paymentId === null ? null : refund };
}

/**
 * Money that came for what was given up meanwhile, or for an event that is cancelled, whatever seating says. Seats that it allocated
 * become free when the money went back. A free order is confirmed first and then given up like every other.
 */
function calledOff(order: OrderState, eventCancelled: boolean): { cause: OrderCause; refund: RefundReason } | null {
  if (eventCancelled || order.cancelReason === 'EVENT_CANCELLED')
    return { cause: 'PAID_BUT_EVENT_CANCELLED', refund: 'EVENT_CANCELLED' };
  return order.cancelReason === 'BUYER' ? { cause: 'PAID_BUT_CANCELLED', refund: 'ORDER_CANCELLED' } : null;
}

/** Money for an order that is confirmed already, or has ended: the same payment again changes nothing, another goes back. */
function settleEnded(order: OrderState, paymentId: string | null, at: Date): Settlement {
  if (paymentId === null || order.paymentId === paymentId) return NOTHING;
  const change = changeOrder(order, 'SEATS_GONE', at, { paymentId });
  return { change, confirmed: false, refund: change === null ? 'DUPLICATE_PAYMENT' : 'ORDER_ENDED' };
}
