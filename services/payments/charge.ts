import type { BeginPaymentAnswer } from '../../contracts/http/orders.ts';
import type { ChargeBody } from '../../contracts/http/payments.ts';
import { newId } from '../../contracts/ids.ts';
import type { Clock } from '../../platform/clock.ts';
import { ApiError } from '../../platform/http/api-error.ts';
import type { ServiceClient } from '../../platform/http/service-client.ts';
import { refusalOf, type StoredAnswer } from '../../platform/idempotency/answer.ts';
import type { IdempotencyKey } from '../../platform/idempotency/idempotency-key.ts';
import { LeaseLost, withLease, type Lease } from '../../platform/idempotency/with-lease.ts';
import { appendToOutbox } from '../../platform/outbox/append.ts';
import type { Database } from '../../platform/postgres/database.ts';
import { afterSilence, hasBegun, resultOf, type BegunPayment, type ChargeResult, type PaymentState } from './domain/payment.ts';
import { paymentRetried } from './domain-events.ts';
import { answerOfPayment } from './http/answers.ts';
import type { PaymentOpener } from './open-payments.ts';
import type { ResilientProvider } from './provider/resilience.ts';
import type { PaymentSettler } from './settle-payments.ts';
import { deleteUnbegun, noteAttempt, paymentByKey } from './store/payments.ts';

export type ChargeRequest = { userId: string; key: IdempotencyKey; body: ChargeBody; traceparent: string };

type Deps = {
  database: Database;
  services: ServiceClient;
  clock: Clock;
  provider: ResilientProvider;
  opener: PaymentOpener;
  settler: PaymentSettler;
};

/** The call to orders includes orders' call to seating. */
const BEGIN_TIMEOUT_MS = 8_000;
const TELL_TIMEOUT_MS = 1_000;

/**
 * Charges an order: a PENDING payment first, so that there is one at a time; then orders, which keeps the seats; then the provider,
 * under no lock; then the result with its domain event. Whatever is cut off in between is taken up by the same key or by the
 * resume job, always with the same key at the provider.
 */
export async function charge(deps: Deps, request: ChargeRequest): Promise<{ replayed: boolean; answer: StoredAnswer }> {
  const outcome = await withLease(deps.database, request.key, (lease) => work(deps, request, lease)).catch((error: unknown) => {
    // Another attempt took this one for dead and finishes it.
    if (error instanceof LeaseLost) throw refusalOf('IN_FLIGHT');
    throw error;
  });
  if (outcome.kind === 'IN_FLIGHT' || outcome.kind === 'REUSED') throw refusalOf(outcome.kind);
  return { replayed: outcome.kind === 'REPLAY', answer: outcome.answer };
}

async function work(deps: Deps, request: ChargeRequest, lease: Lease): Promise<StoredAnswer> {
  const { userId, body, key } = request;
  const begunBefore = lease.resumed
    ? await paymentByKey(deps.database, { userId, idempotencyKey: key.key, orderId: body.orderId })
    : undefined;
  if (begunBefore !== undefined && begunBefore.status !== 'PENDING') return finishSettled(deps, begunBefore, lease);
  const payment = begunBefore ?? (await open(deps, request));
  const begun = hasBegun(payment) ? payment : await begin(deps, payment, request);
  const result = await askProvider(deps, begun, request, begunBefore !== undefined);
  const answer = await deps.settler.settle({
    paymentId: begun.paymentId,
    result,
    at: deps.clock.now(),
    traceparent: request.traceparent,
    lease,
  });
  if (result.kind === 'FAILED') await tellOrders(deps, begun, request.traceparent);
  return answer;
}

/** So that a declined buyer who looks at the order, or gives it up, finds it open. The domain event says the same a moment later. */
async function tellOrders({ services }: Deps, { orderId, paymentId }: BegunPayment, traceparent: string): Promise<void> {
  const path = `/internal/orders/${orderId}/payments/${paymentId}/failure`;
  await services.call('orders', path, { method: 'POST', traceparent, timeoutMs: TELL_TIMEOUT_MS }).catch(() => undefined);
}

async function finishSettled({ database }: Deps, payment: PaymentState, lease: Lease): Promise<StoredAnswer> {
  const answer = answerOfPayment(payment);
  await database.transaction((tx) => lease.finish(tx, answer));
  return answer;
}

async function open({ provider, opener, clock }: Deps, { userId, key, body }: ChargeRequest): Promise<PaymentState> {
  if (!provider.available()) {
    throw new ApiError(
      'SERVICE_UNAVAILABLE',
      'The payment provider is not answering. Nothing was charged. Try again in a moment.',
    );
  }
  const { orderId, amountCents, currency, paymentMethod } = body;
  const now = clock.now();
  const opened = await opener.open({
    paymentId: newId('payment'),
    orderId,
    userId,
    eventId: null,
    reservationId: null,
    windowEndsAt: null,
    amountCents,
    currency,
    paymentMethod,
    status: 'PENDING',
    idempotencyKey: key.key,
    attempt: 0,
    transactionId: null,
    failureReason: null,
    retryable: null,
    refundedCents: 0,
    asked: 0,
    createdAt: now,
    updatedAt: now,
  });
  if (opened.ok) return opened.payment;
  // Whose payment it is must not be told to another user.
  if (opened.other.userId !== userId) throw new ApiError('ORDER_NOT_FOUND', 'You have no such order.');
  const { paymentId, status } = opened.other;
  if (status === 'PENDING')
    throw new ApiError(
      'PAYMENT_IN_PROGRESS',
      `The payment ${paymentId} of this order is under way. Wait for its outcome: GET /v1/payments/${paymentId}.`,
      { paymentId },
    );
  throw new ApiError('ORDER_NOT_PAYABLE', `The order was paid by ${paymentId} already. Nothing was charged again.`, {
    paymentId,
  });
}

/** A refusal, or no answer, leaves nothing behind: orders lets another payment begin, and finds out that this one never did. */
async function begin(
  { database, services, opener, clock }: Deps,
  payment: PaymentState,
  request: ChargeRequest,
): Promise<BegunPayment> {
  const { paymentId, orderId, userId, amountCents, currency } = payment;
  let answer: BeginPaymentAnswer;
  try {
    answer = await services.call<BeginPaymentAnswer>('orders', `/internal/orders/${orderId}/payments`, {
      method: 'POST',
      body: { paymentId, userId, amountCents, currency },
      traceparent: request.traceparent,
      timeoutMs: BEGIN_TIMEOUT_MS,
    });
  } catch (error) {
    await deleteUnbegun(database, paymentId).catch(() => undefined);
    throw error;
  }
  const { eventId, reservationId } = answer;
  const at = clock.now();
  const begun = { ...payment, eventId, reservationId, windowEndsAt: new Date(answer.windowEndsAt), attempt: 1, updatedAt: at };
  if (await opener.begin(begun, request.traceparent)) return begun;
  throw new ApiError('SERVICE_UNAVAILABLE', 'The charge took too long to begin. Nothing was charged. Try again.');
}

async function askProvider(deps: Deps, payment: BegunPayment, request: ChargeRequest, resumed: boolean): Promise<ChargeResult> {
  const { provider, clock } = deps;
  // An attempt starts only while its seats are kept; after that the only question is what became of those before.
  const outcome =
    resumed && payment.windowEndsAt <= clock.now()
      ? await provider.conclude(payment.paymentId)
      : await provider.capture(toCapture(payment, request), () => noteRetry(deps, payment, request.traceparent));
  return outcome.kind === 'UNKNOWN' ? { kind: 'UNKNOWN' } : resultOf(outcome);
}

function toCapture({ paymentId, orderId, amountCents, currency, paymentMethod }: BegunPayment, { body }: ChargeRequest) {
  return { key: paymentId, orderId, amountCents, currency, method: paymentMethod, token: body.paymentToken };
}

function noteRetry({ database, clock }: Deps, { paymentId }: BegunPayment, traceparent: string): Promise<void> {
  return database.transaction(async (tx) => {
    const now = clock.now();
    const payment = await noteAttempt(tx, paymentId, afterSilence(now), now);
    if (payment !== null && hasBegun(payment))
      await appendToOutbox(tx, [paymentRetried(payment, 'GATEWAY_TIMEOUT', traceparent)]);
  });
}
