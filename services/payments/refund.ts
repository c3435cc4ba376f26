import type { EventFacts } from '../../contracts/events/catalog.ts';
import type { RevokeTicketsAnswer } from '../../contracts/http/orders.ts';
import type { RefundBody } from '../../contracts/http/payments.ts';
import type { Static } from 'typebox';
import { ApiError } from '../../platform/http/api-error.ts';
import type { UserIdentity } from '../../platform/auth/identity.ts';
import type { ServiceClient } from '../../platform/http/service-client.ts';
import { refusalOf, type StoredAnswer } from '../../platform/idempotency/answer.ts';
import type { IdempotencyKey } from '../../platform/idempotency/idempotency-key.ts';
import { LeaseLost, withLease } from '../../platform/idempotency/with-lease.ts';
import type { Tx } from '../../platform/postgres/database.ts';
import { bookRefund, type Wish } from './book-refund.ts';
import { afterSilence, type PaymentState } from './domain/payment.ts';
import { mayGiveBack, refundableCents, wasCaptured } from './domain/refund.ts';
import { answerOfRefund } from './http/answers.ts';
import { refundIdOf } from './refund-id.ts';
import { sendRefund, type RefundSenderDeps } from './send-refund.ts';
import { lockPayments, paymentById } from './store/payments.ts';
import { insertRefund, refundById, type RefundState } from './store/refunds.ts';

export type RefundRequest = { user: UserIdentity; key: IdempotencyKey; body: RefundBody; traceparent: string };
export type RefundDeps = RefundSenderDeps & { services: ServiceClient };

/**
 * Gives money back: the refund is booked, PENDING, with its amount reserved; then the provider is asked. With tickets, orders
 * revokes them first, by the refund's id; their seats become free when the money went back. Whatever is cut off in between goes on
 * by the same key, by orders' own domain event, or by the job that sends refunds.
 */
export async function refund(deps: RefundDeps, request: RefundRequest): Promise<{ replayed: boolean; answer: StoredAnswer }> {
  // Before anything is stored: a catalog that is away must not become an answer that is repeated.
  const payment = await refundedPayment(deps, request);
  const outcome = await withLease(deps.database, request.key, async (lease) => {
    const refundId = refundIdOf(payment.paymentId, request.key);
    const booked = (await refundById(deps.database, refundId)) ?? (await book(deps, request, payment, refundId));
    const sent = booked.status === 'PENDING' ? await sendRefund(deps, booked) : booked;
    const answer = answerOfRefund(sent);
    await deps.database.transaction((tx) => lease.finish(tx, answer));
    return answer;
  }).catch((error: unknown) => {
    if (error instanceof LeaseLost) throw refusalOf('IN_FLIGHT');
    throw error;
  });
  if (outcome.kind === 'IN_FLIGHT' || outcome.kind === 'REUSED') throw refusalOf(outcome.kind);
  return { replayed: outcome.kind === 'REPLAY', answer: outcome.answer };
}

async function refundedPayment(deps: RefundDeps, { user, body, traceparent }: RefundRequest): Promise<PaymentState> {
  const payment = await paymentById(deps.database, body.paymentId);
  if (payment === undefined || !(await mayManage(deps.services, user, payment, traceparent)))
    throw new ApiError('PAYMENT_NOT_FOUND', 'There is no such payment of an event of yours.');
  return payment;
}

/** Admins, and the organizer of the payment's event. Catalog knows who that is; while it does not answer, nobody else may. */
export async function mayManage(
  services: ServiceClient,
  user: UserIdentity,
  { eventId }: PaymentState,
  traceparent: string,
): Promise<boolean> {
  if (user.roles.includes('admin')) return true;
  if (!user.roles.includes('organizer') || eventId === null) return false;
  try {
    const facts = await services.call<Static<typeof EventFacts>>('catalog', `/internal/events/${eventId}`, { traceparent });
    return facts.organizerId === user.userId;
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return false;
    throw error;
  }
}

async function book(deps: RefundDeps, request: RefundRequest, seen: PaymentState, refundId: string): Promise<RefundState> {
  const { body } = request;
  if (!wasCaptured(seen)) throw nothingLeft(seen);
  if (body.amountCents !== undefined) return bookGoodwill(deps, request, refundId, body.amountCents);
  if (body.ticketIds === undefined && refundableCents(seen) === 0) throw nothingLeft(seen);
  const { ticketIds, valueCents } = await revoke(deps, request, seen, refundId);
  const { reason } = body;
  const wish: Wish =
    ticketIds.length > 0
      ? { refundId, kind: 'TICKETS', ticketIds, valueCents, reason }
      : { refundId, kind: 'LATE_PAYMENT', ticketIds: [], valueCents: null, reason };
  return withPayment(deps, seen.paymentId, async (tx, payment, times) => {
    const booked = await bookRefund(tx, payment, wish, times);
    if (booked === null) throw nothingLeft(payment);
    return booked;
  });
}

function revoke(
  { services }: RefundDeps,
  { body, traceparent }: RefundRequest,
  { paymentId, orderId }: PaymentState,
  refundId: string,
): Promise<RevokeTicketsAnswer> {
  const { ticketIds, reason } = body;
  return services.call<RevokeTicketsAnswer>('orders', `/internal/orders/${orderId}/revocations`, {
    method: 'POST',
    body: { refundId, paymentId, reason, ...(ticketIds === undefined ? {} : { ticketIds }) },
    traceparent,
  });
}

function bookGoodwill(
  deps: RefundDeps,
  { body: { paymentId, reason } }: RefundRequest,
  refundId: string,
  amountCents: number,
): Promise<RefundState> {
  return withPayment(deps, paymentId, async (tx, payment, { at, askAt }) => {
    const known = await refundById(tx, refundId);
    if (known !== undefined) return known;
    const decision = mayGiveBack(payment, amountCents);
    if (!decision.ok && decision.code === 'PAYMENT_NOT_REFUNDABLE') throw nothingLeft(payment);
    if (!decision.ok) {
      const { refundableCents: leftCents } = decision;
      const detail = `Only ${leftCents} of the payment is left, in minor units. Nothing was refunded.`;
      throw new ApiError('REFUND_TOO_LARGE', detail, { refundableCents: leftCents });
    }
    const { orderId, currency } = payment;
    const given = { refundId, paymentId, orderId, kind: 'GOODWILL' as const, ticketIds: [], amountCents, valueCents: 0 };
    return insertRefund(tx, { ...given, currency, reason, createdAt: at }, askAt);
  });
}

/** Under the payment's lock, so that what is left is divided once. The job asks the provider only when this request has not. */
function withPayment(
  { database, clock }: RefundDeps,
  paymentId: string,
  work: (tx: Tx, payment: PaymentState, times: { at: Date; askAt: Date }) => Promise<RefundState>,
): Promise<RefundState> {
  return database.transaction(async (tx) => {
    const payment = (await lockPayments(tx, [paymentId])).get(paymentId);
    if (payment === undefined) throw new Error(`${paymentId} vanished`);
    const at = clock.now();
    return work(tx, payment, { at, askAt: afterSilence(at) });
  });
}

function nothingLeft({ status }: PaymentState): ApiError {
  const detail = `The payment is ${status}: nothing of it is left to refund, or nothing was captured.`;
  return new ApiError('PAYMENT_NOT_REFUNDABLE', detail, { paymentStatus: status });
}
