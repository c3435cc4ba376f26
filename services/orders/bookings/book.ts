import type { BookingAnswer, BookingBody } from '../../../contracts/http/bookings.ts';
import type { Order } from '../../../contracts/http/orders.ts';
import { newId } from '../../../contracts/ids.ts';
import type { Clock } from '../../../platform/clock.ts';
import { ApiError } from '../../../platform/http/api-error.ts';
import type { ServiceClient } from '../../../platform/http/service-client.ts';
import { errorOfAnswer, refusalOf, type StoredAnswer } from '../../../platform/idempotency/answer.ts';
import { payloadHash, type IdempotencyKey } from '../../../platform/idempotency/idempotency-key.ts';
import { LeaseLost, withLease, type Lease } from '../../../platform/idempotency/with-lease.ts';
import type { Database } from '../../../platform/postgres/database.ts';
import type { CreateOrder } from '../create-order.ts';
import { isSettled } from '../domain/order-status.ts';
import type { OrderWaiters } from '../order-waiters.ts';
import {
  acceptBooking,
  claimBooking,
  deleteBooking,
  insertBooking,
  undoBooking,
  type Booking,
  type BookingCharge,
} from '../store/bookings.ts';
import { readOrder } from '../store/orders.ts';
import { isFinal, type BookingCharges } from './charges.ts';
import { giveBack } from './undo.ts';

export type BookingRequest = {
  userId: string;
  key: IdempotencyKey;
  body: BookingBody;
  /** How long to wait until it is settled; null: not at all. */
  waitMs: number | null;
  traceparent: string;
};

export type BookingDeps = {
  database: Database;
  services: ServiceClient;
  clock: Clock;
  maker: CreateOrder;
  waiters: OrderWaiters;
  charges: BookingCharges;
};

/** After this, what a request began and did not bring to an order is undone. Longer than its calls take together. */
const REQUEST_MS = 30_000;
/** When the job charges an order whose charge may have been cut off. Charging twice at the same time is harmless. */
const CHARGE_DUE_MS = 15_000;
const KEYS_ARE_KEPT_MS = 24 * 60 * 60_000;
const ORDER_SCOPE = 'booking';

/**
 * Reserve, order and pay in one call. Until there is an order, a refusal is an answer like any other and whatever was begun is
 * undone. From then on the booking is accepted: its charge goes on by itself, also without this request, and so does its order.
 * What was cut off is taken up by the same key, or by the job (`jobs/finish-bookings.ts`).
 */
export async function book(deps: BookingDeps, request: BookingRequest): Promise<{ replayed: boolean; answer: StoredAnswer }> {
  if (deps.charges.full())
    throw new ApiError('OVERLOADED', 'Too many bookings are being paid at the moment. Nothing was reserved.');
  const outcome = await withLease(deps.database, request.key, (lease) => work(deps, request, lease)).catch((error: unknown) => {
    // Another attempt took this one for dead and finishes it.
    if (error instanceof LeaseLost) throw refusalOf('IN_FLIGHT');
    throw error;
  });
  if (outcome.kind === 'IN_FLIGHT' || outcome.kind === 'REUSED') throw refusalOf(outcome.kind);
  return { replayed: outcome.kind === 'REPLAY', answer: outcome.answer };
}

async function work(deps: BookingDeps, request: BookingRequest, lease: Lease): Promise<StoredAnswer> {
  const { database, waiters, charges } = deps;
  const begun = (lease.resumed ? await takeUp(deps, request) : undefined) ?? (await begin(deps, request));
  const booking = begun.state === 'STARTED' ? await accept(deps, request, begun) : begun;
  const { orderId } = booking;
  if (booking.state === 'ACCEPTED') charges.begin(booking);
  if (request.waitMs !== null) await waiters.untilSettled(orderId, request.waitMs);
  const answer = await answerOf(database, orderId);
  // The seats of one that failed are free a moment later, and that is what the answer says.
  if (answer.body.status === 'FAILED') await charges.over(orderId);
  await database.transaction((tx) => lease.finish(tx, answer));
  return answer;
}

function takeUp({ database, clock }: BookingDeps, { userId, key }: BookingRequest): Promise<Booking | undefined> {
  const now = clock.now().getTime();
  const since = new Date(now - KEYS_ARE_KEPT_MS);
  return claimBooking(database, { userId, idempotencyKey: key.key, since }, new Date(now + REQUEST_MS));
}

async function begin({ database, clock }: BookingDeps, { userId, key, traceparent }: BookingRequest): Promise<Booking> {
  const booking: Booking = {
    orderId: newId('order'),
    reservationId: newId('reservation'),
    userId,
    idempotencyKey: key.key,
    state: 'STARTED',
    charge: null,
    traceparent,
  };
  const now = clock.now();
  await insertBooking(database, booking, new Date(now.getTime() + REQUEST_MS), now);
  return booking;
}

/** Holds and orders. A refusal leaves nothing behind; without an answer it is undone later, unless the request comes again. */
async function accept(deps: BookingDeps, request: BookingRequest, booking: Booking): Promise<Booking> {
  const { database, clock } = deps;
  const { orderId } = booking;
  await hold(deps, request, booking);
  const { totalCents: amountCents, currency } = await order(deps, request, booking);
  const { paymentMethod, paymentToken } = request.body;
  const charge: BookingCharge | null = amountCents === 0 ? null : { amountCents, currency, paymentMethod, paymentToken };
  if (!(await acceptBooking(database, orderId, charge, new Date(clock.now().getTime() + CHARGE_DUE_MS))))
    throw new ApiError('OVERLOADED', 'The booking took too long and was given up. Nothing was charged. Try again.');
  return { ...booking, state: charge === null ? 'DONE' : 'ACCEPTED', charge };
}

async function hold({ database, services }: BookingDeps, request: BookingRequest, booking: Booking): Promise<void> {
  const { paymentMethod: _method, paymentToken: _token, expectedTotalCents: _total, ...selection } = request.body;
  const { userId, reservationId, orderId } = booking;
  const body = { ...selection, userId, reservationId };
  try {
    await services.call('seating', '/internal/reservations', { method: 'POST', body, traceparent: request.traceparent });
  } catch (error) {
    if (isFinal(error)) await deleteBooking(database, orderId).catch(() => undefined);
    throw error;
  }
}

async function order(deps: BookingDeps, request: BookingRequest, booking: Booking): Promise<Order> {
  const { database, services, clock, maker } = deps;
  const { orderId, reservationId, userId } = booking;
  const { traceparent, body } = request;
  const key = { scope: ORDER_SCOPE, key: orderId, requestHash: payloadHash(reservationId) };
  const booked = { orderId, expectedTotalCents: body.expectedTotalCents };
  try {
    const { answer } = await maker.create({ userId, reservationId, key, traceparent, booking: booked });
    if (answer.status >= 400) throw errorOfAnswer(answer);
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- stored is what `toOrderAnswer` made
    return answer.body as Order;
  } catch (error) {
    if (isFinal(error)) {
      await undoBooking(database, orderId, clock.now());
      // The job tries again what fails here.
      await giveBack(database, services, booking).catch(() => undefined);
    }
    throw error;
  }
}

async function answerOf(database: Database, orderId: string): Promise<{ status: number; body: BookingAnswer }> {
  const order = await readOrder(database, orderId);
  if (order === undefined) throw new Error(`${orderId} was accepted and is not an order`);
  const { status } = order;
  return { status: isSettled(status) ? 200 : 202, body: { orderId, status, statusUrl: `/v1/orders/${orderId}` } };
}
