import { appendToOutbox, type OutboxRecord } from '../../platform/outbox/append.ts';
import type { Tx } from '../../platform/postgres/database.ts';
import { paymentFailed, type OrderChange } from './domain/order.ts';
import { bookingCancelled, bookingFailed, bookingRecord } from './domain-events.ts';
import { lockOrders, saveChanges } from './store/orders.ts';

export type FailedPayment = {
  orderId: string;
  paymentId: string;
  traceparent: string | undefined;
  /** It was given up before the provider was asked, so it is no answer: a booking made in one call tries again. */
  neverBegan?: boolean;
};

/** Orders whose payment came to nothing are open for another one, or end if their hold is over; bookings have failed. */
export async function failPayments(tx: Tx, failed: readonly FailedPayment[], at: Date): Promise<void> {
  const orders = await lockOrders(tx, [...new Set(failed.map(({ orderId }) => orderId))]);
  const changes: OrderChange[] = [];
  const records: OutboxRecord[] = [];
  for (const { orderId, paymentId, traceparent, neverBegan } of failed) {
    const order = orders.get(orderId);
    if (order === undefined) continue;
    const steps = paymentFailed(order, paymentId, at, neverBegan);
    const last = steps.at(-1);
    if (last === undefined) continue;
    changes.push(...steps);
    orders.set(orderId, last.order);
    records.push(...endRecords(last, traceparent));
  }
  void appendToOutbox(tx, records);
  await saveChanges(tx, changes);
}

/** An order that ended without ever being paid is told of as cancelled, or as failed, with what ended it. */
export function announceEnd(tx: Tx, change: OrderChange, traceparent: string | undefined): Promise<number> {
  return appendToOutbox(tx, endRecords(change, traceparent));
}

/** None while the order has not ended. */
export function endRecords({ order, cause }: OrderChange, traceparent: string | undefined): OutboxRecord[] {
  const { orderId, status, updatedAt } = order;
  if (cause === 'BOOKING_DECLINED') return [bookingRecord(orderId, [bookingFailed(order, cause, null, updatedAt, traceparent)])];
  if (status !== 'EXPIRED' && status !== 'CANCELLED') return [];
  return [bookingRecord(orderId, [bookingCancelled(order, cause, traceparent)])];
}
