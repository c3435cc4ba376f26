import type { Reservation } from '../../../contracts/http/seating.ts';
import type { ReleaseReason } from '../../../contracts/events/seat.ts';
import type { PaymentState, PaymentStatus } from '../../../contracts/http/payments.ts';
import type { Clock } from '../../../platform/clock.ts';
import { ApiError } from '../../../platform/http/api-error.ts';
import type { ServiceClient } from '../../../platform/http/service-client.ts';
import type { Job } from '../../../platform/lifecycle/service.ts';
import type { Database } from '../../../platform/postgres/database.ts';
import { endOrders } from '../consumers/on-hold-ended.ts';
import type { OrderState } from '../domain/order.ts';
import { failPayments } from '../fail-payments.ts';
import { closePaymentWindow, closeWindowAfterFailure } from '../payment-window.ts';
import type { OrderSettler, Paid } from '../settle-orders.ts';
import { takeDue } from '../store/orders.ts';

const EVERY_MS = 1_000;
const ORDERS_AT_ONCE = 200;
const CALLS_AT_ONCE = 10;
/** An order that could not be finished is looked at again after this. */
const AGAIN_MS = 10_000;

export type ReconcilerDeps = {
  database: Database;
  services: ServiceClient;
  clock: Clock;
  settler: OrderSettler;
  onError: (error: unknown, orderId: string) => void;
};

/** No order stands still: those that heard nothing when they should have ask payments or seating what became of them. */
export function reconcileOrders(deps: ReconcilerDeps): Job {
  return { name: 'reconcile-orders', everyMs: EVERY_MS, run: (signal) => reconcileDue(deps, signal) };
}

export async function reconcileDue(deps: ReconcilerDeps, signal?: AbortSignal): Promise<void> {
  const { database, clock } = deps;
  const now = clock.now();
  const due = await takeDue(database, now, new Date(now.getTime() + AGAIN_MS), ORDERS_AT_ONCE);
  const free = due.filter(isFree);
  const confirmed = free.length > 0 && (await confirmFree(deps, free));
  const rest = confirmed ? due.filter((order) => !isFree(order)) : due;
  for (let start = 0; start < rest.length && signal?.aborted !== true; start += CALLS_AT_ONCE) {
    await Promise.all(rest.slice(start, start + CALLS_AT_ONCE).map((order) => reconcile(deps, order)));
  }
}

function isFree({ status, totalCents }: OrderState): boolean {
  return status === 'PENDING' && totalCents === 0;
}

/** All of them in one call; false when that fails, since one of them must not keep the others waiting. */
async function confirmFree(deps: ReconcilerDeps, free: readonly OrderState[]): Promise<boolean> {
  try {
    await confirm(deps, free.map(freeOfCharge));
    return true;
  } catch {
    return false;
  }
}

function freeOfCharge({ orderId }: OrderState): Paid {
  return { orderId, paymentId: null, traceparent: undefined };
}

async function reconcile(deps: ReconcilerDeps, order: OrderState): Promise<void> {
  try {
    if (isFree(order)) await confirm(deps, [freeOfCharge(order)]);
    else if (order.status === 'PAYMENT_PROCESSING' && order.paymentId !== null) await askPayments(deps, order, order.paymentId);
    else if (order.status === 'PENDING') await askSeating(deps, order);
  } catch (error) {
    deps.onError(error, order.orderId);
  }
}

const OPEN_OR_FAILED: readonly PaymentStatus[] = ['PENDING', 'FAILED'];

async function askPayments(deps: ReconcilerDeps, order: OrderState, paymentId: string): Promise<void> {
  const { database, services, clock } = deps;
  const payment = await knownOrNull(services.call<PaymentState>('payments', `/internal/payments/${paymentId}`));
  const { orderId } = order;
  // Captured, whatever was given back since.
  if (payment !== null && !OPEN_OR_FAILED.includes(payment.status))
    return confirm(deps, [{ orderId, paymentId, traceparent: undefined }]);
  if (payment !== null && payment.status !== 'FAILED') return;
  // A payment that payments does not know was given up before anything was asked of the provider.
  const neverBegan = payment === null;
  await (neverBegan ? closePaymentWindow : closeWindowAfterFailure)(services, order);
  await database.transaction((tx) => failPayments(tx, [{ orderId, paymentId, traceparent: undefined, neverBegan }], clock.now()));
}

async function askSeating({ database, services, clock }: ReconcilerDeps, { reservationId }: OrderState): Promise<void> {
  const reservation = await knownOrNull(services.call<Reservation>('seating', `/internal/reservations/${reservationId}`));
  const reason = endOf(reservation);
  if (reason === null) return;
  await database.transaction((tx) => endOrders(tx, [{ reservationId, reason, traceparent: undefined }], clock.now()));
}

function endOf(reservation: Reservation | null): ReleaseReason | null {
  if (reservation === null || reservation.status === 'EXPIRED') return 'EXPIRED';
  return reservation.status === 'RELEASED' ? 'CANCELLED' : null;
}

async function confirm({ database, settler }: ReconcilerDeps, paid: readonly Paid[]): Promise<void> {
  const outcomes = await settler.allocate(paid);
  await database.transaction((tx) => settler.settle(tx, paid, outcomes));
}

/** Null when the other service knows nothing of it. */
async function knownOrNull<T>(answer: Promise<T>): Promise<T | null> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return null;
    throw error;
  }
}
