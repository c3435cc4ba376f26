import { setTimeout as delay } from 'node:timers/promises';
import { PAYMENT_WINDOW_SECONDS } from '../../../contracts/http/payments.ts';
import type { Clock } from '../../../platform/clock.ts';
import { ApiError } from '../../../platform/http/api-error.ts';
import type { ServiceClient } from '../../../platform/http/service-client.ts';
import { isStorable } from '../../../platform/idempotency/answer.ts';
import type { Database } from '../../../platform/postgres/database.ts';
import type { BeginPayment } from '../begin-payment.ts';
import { isSettled } from '../domain/order-status.ts';
import { releaseHold } from '../release-hold.ts';
import { postponeBooking, type Booking } from '../store/bookings.ts';
import type { FindOrder } from '../store/orders.ts';
import type { BookingWrites } from './booking-writes.ts';

export type BookingCharges = {
  /** Whether no more of them can be under way here. */
  full(): boolean;
  /** Charges an accepted booking, in the background; one that is under way here already is left alone. */
  begin(booking: Booking): void;
  /** Resolves when the charge of this order, if it is under way here, is over, or after a while. */
  over(orderId: string): Promise<void>;
  /** Waits for a moment only: what is cut off is taken up by the job. */
  stop(): Promise<void>;
};

type Deps = {
  database: Database;
  services: ServiceClient;
  clock: Clock;
  beginner: BeginPayment;
  find: FindOrder;
  writes: BookingWrites;
  onError: (error: unknown, orderId: string) => void;
};

const MAX_UNDER_WAY = 2_000;
/** No charge is longer than the window in which the seats are kept for it. */
const CHARGE_TIMEOUT_MS = PAYMENT_WINDOW_SECONDS * 1_000;
const AGAIN_MS = 2_000;
const OVER_MS = 2_000;
const STOP_MS = 5_000;

/** The last step of bookings. However often payments is asked to charge an order, there is one charge. */
export function createBookingCharges(deps: Deps): BookingCharges {
  const underWay = new Map<string, Promise<void>>();

  function begin(booking: Booking): void {
    const { orderId } = booking;
    if (underWay.has(orderId)) return;
    const work = charge(deps, booking)
      .catch((error: unknown) => deps.onError(error, orderId))
      .finally(() => underWay.delete(orderId));
    underWay.set(orderId, work);
  }

  return {
    full: () => underWay.size >= MAX_UNDER_WAY,
    begin,
    over: (orderId) => atMost(OVER_MS, underWay.get(orderId)),
    stop: () => atMost(STOP_MS, Promise.all(underWay.values())),
  };
}

async function atMost(timeoutMs: number, work: Promise<unknown> | undefined): Promise<void> {
  if (work !== undefined) await Promise.race([work, delay(timeoutMs, undefined, { ref: false })]);
}

async function charge(deps: Deps, booking: Booking): Promise<void> {
  const { database, services, clock, find, writes } = deps;
  const { orderId, userId, charge, traceparent } = booking;
  const order = await find(orderId);
  if (charge !== null && order !== undefined && !isSettled(order.status)) {
    const body = { orderId, userId, ...charge };
    const options = { method: 'POST' as const, body, traceparent, timeoutMs: CHARGE_TIMEOUT_MS };
    try {
      await services.call('payments', '/internal/charges', options);
    } catch (error) {
      if (!isFinal(error)) {
        await postponeBooking(database, orderId, new Date(clock.now().getTime() + AGAIN_MS));
        throw error;
      }
      if (error.code === 'PAYMENT_DECLINED') await declined(deps, booking, error.extensions['paymentId']);
    }
  }
  await writes.finish(orderId);
}

/** Any other answer, or none, says "again, later". */
export function isFinal(error: unknown): error is ApiError {
  return error instanceof ApiError && isStorable(error.status) && error.code !== 'IDEMPOTENCY_IN_FLIGHT';
}

/**
 * The booking has failed, and its seats are free at once. Consumers do the same by the domain events, also when this is cut off or
 * seating is away.
 */
async function declined({ services, beginner, find }: Deps, booking: Booking, paymentId: unknown): Promise<void> {
  const { orderId, reservationId, traceparent } = booking;
  if (typeof paymentId === 'string') await beginner.fail(orderId, paymentId, traceparent);
  if ((await find(orderId))?.status !== 'FAILED') return;
  await releaseHold(services, reservationId, 'PAYMENT_FAILED', traceparent).catch(() => undefined);
}
