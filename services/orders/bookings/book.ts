import type { BookingAnswer, BookingBody } from '../../../contracts/http/bookings.ts';
import type { Order } from '../../../contracts/http/orders.ts';
import { newId } from '../../../contracts/ids.ts';
import type { Clock } from '../../../platform/clock.ts';
import { ApiError } from '../../../platform/http/api-error.ts';
import type { ServiceClient } from '../../../platform/http/service-client.ts';
import { answerOfError, errorOfAnswer, refusalOf, type StoredAnswer } from '../../../platform/idempotency/answer.ts';
import type { LeaseKeeper } from '../../../platform/idempotency/held-keys.ts';
import { payloadHash, type IdempotencyKey } from '../../../platform/idempotency/idempotency-key.ts';
import type { Database } from '../../../platform/postgres/database.ts';
import type { CreateOrder } from '../create-order.ts';
import { isSettled } from '../domain/order-status.ts';
import type { OrderWaiters } from '../order-waiters.ts';
import { deleteBooking, undoBooking, type Booking, type BookingCharge } from '../store/bookings.ts';
import type { FindOrder } from '../store/orders.ts';
import type { BookingWrites } from './booking-writes.ts';
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
  find: FindOrder;
  maker: CreateOrder;
  waiters: OrderWaiters;
  charges: BookingCharges;
  writes: BookingWrites;
  leases: LeaseKeeper;
};

/** After this, what a request began and did not bring to an order is undone. Longer than its calls take together. */
const REQUEST_MS = 30_000;
/** When the job charges an order whose charge may have been cut off. Charging twice at the same time is harmless. */
const CHARGE_DUE_MS = 15_000;
const ORDER_SCOPE = 'booking';

/**
 * Reserve, order and pay in one call. Until there is an order, a refusal is an answer like any other and whatever was begun is
 * undone. From then on the booking is accepted: its charge goes on by itself, also without this request, and so does its order.
 * What was cut off is taken up by the same key, or by the job (`jobs/finish-bookings.ts`).
 */
export async function book(deps: BookingDeps, request: BookingRequest): Promise<{ replayed: boolean; answer: StoredAnswer }> {
  const { charges, writes, leases } = deps;
  if (charges.full()) throw new ApiError('OVERLOADED', 'Too many bookings are being paid at the moment. Nothing was reserved.');
  const begun = await writes.begin({ key: request.key, ...newBooking(deps, request) });
  if ('answer' in begun) return { replayed: true, answer: begun.answer };
  const { held } = begun;
  leases.keep(held);
  try {
    const answer = await work(deps, request, begun.booking);
    // Another attempt took this one for dead and answers the request.
    if (!(await writes.end({ held, answer }))) throw refusalOf('IN_FLIGHT');
    return { replayed: false, answer };
  } catch (error) {
    const final = isFinal(error) ? answerOfError(error) : null;
    // It may not hide what happened: a key that cannot be stored or freed now is free when its lease runs out.
    await writes.end({ held, answer: final }).catch(() => undefined);
    throw error;
  } finally {
    leases.drop(held);
  }
}

async function work(deps: BookingDeps, request: BookingRequest, begun: Booking): Promise<StoredAnswer> {
  const { find, waiters, charges } = deps;
  const booking = begun.state === 'STARTED' ? await accept(deps, request, begun) : begun;
  const { orderId } = booking;
  if (booking.state === 'ACCEPTED') charges.begin(booking);
  if (request.waitMs !== null) await waiters.untilSettled(orderId, request.waitMs);
  const answer = await answerOf(find, orderId);
  // The seats of one that failed are free a moment later, and that is what the answer says.
  if (answer.body.status === 'FAILED') await charges.over(orderId);
  return answer;
}

function newBooking({ clock }: BookingDeps, { userId, key, traceparent }: BookingRequest) {
  const at = clock.now();
  const booking: Booking = {
    orderId: newId('order'),
    reservationId: newId('reservation'),
    userId,
    idempotencyKey: key.key,
    state: 'STARTED',
    charge: null,
    traceparent,
  };
  return { booking, at, dueAt: new Date(at.getTime() + REQUEST_MS) };
}

/** Holds and orders. A refusal leaves nothing behind; without an answer it is undone later, unless the request comes again. */
async function accept(deps: BookingDeps, request: BookingRequest, booking: Booking): Promise<Booking> {
  const { writes, clock } = deps;
  const { orderId } = booking;
  await hold(deps, request, booking);
  const { totalCents: amountCents, currency } = await order(deps, request, booking);
  const { paymentMethod, paymentToken } = request.body;
  const charge: BookingCharge | null = amountCents === 0 ? null : { amountCents, currency, paymentMethod, paymentToken };
  if (!(await writes.accept({ orderId, charge, dueAt: new Date(clock.now().getTime() + CHARGE_DUE_MS) })))
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

async function answerOf(find: FindOrder, orderId: string): Promise<{ status: number; body: BookingAnswer }> {
  const order = await find(orderId);
  if (order === undefined) throw new Error(`${orderId} was accepted and is not an order`);
  const { status } = order;
  return { status: isSettled(status) ? 200 : 202, body: { orderId, status, statusUrl: `/v1/orders/${orderId}` } };
}
