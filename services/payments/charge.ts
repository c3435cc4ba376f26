import type { BeginPaymentAnswer } from '../../contracts/http/orders.ts';
import type { ChargeBody } from '../../contracts/http/payments.ts';
import { newId } from '../../contracts/ids.ts';
import type { Clock } from '../../platform/clock.ts';
import { ApiError } from '../../platform/http/api-error.ts';
import type { ServiceClient } from '../../platform/http/service-client.ts';
import { answerOfError, refusalOf, type StoredAnswer } from '../../platform/idempotency/answer.ts';
import type { LeaseKeeper } from '../../platform/idempotency/held-keys.ts';
import type { IdempotencyKey } from '../../platform/idempotency/idempotency-key.ts';
import { appendToOutbox } from '../../platform/outbox/append.ts';
import type { Database } from '../../platform/postgres/database.ts';
import { afterSilence, hasBegun, resultOf, type BegunPayment, type ChargeResult, type PaymentState } from './domain/payment.ts';
import { paymentRetried } from './domain-events.ts';
import type { Opened, PaymentOpener } from './open-payments.ts';
import type { ResilientProvider } from './provider/resilience.ts';
import type { PaymentSettler } from './settle-payments.ts';
import { noteAttempt } from './store/payments.ts';

export type ChargeRequest = { userId: string; key: IdempotencyKey; body: ChargeBody; traceparent: string };

type Deps = {
  database: Database;
  services: ServiceClient;
  clock: Clock;
  provider: ResilientProvider;
  opener: PaymentOpener;
  leases: LeaseKeeper;
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
  const opened = await deps.opener.open({
    payment: draft(deps, request),
    key: request.key,
    available: deps.provider.available(),
  });
  switch (opened.kind) {
    case 'OPENED':
      return { replayed: false, answer: await finish(deps, request, opened) };
    case 'ANSWERED':
      return { replayed: false, answer: opened.answer };
    case 'REPLAY':
      return { replayed: true, answer: opened.answer };
    case 'IN_FLIGHT':
    case 'REUSED':
      throw refusalOf(opened.kind);
    case 'UNAVAILABLE':
      throw new ApiError(
        'SERVICE_UNAVAILABLE',
        'The payment provider is not answering. Nothing was charged. Try again in a moment.',
      );
    case 'TRY_AGAIN':
      throw new ApiError('OVERLOADED', 'Another payment of this order ended at the same moment. Try again.');
  }
}

type Open = Extract<Opened, { kind: 'OPENED' }>;

/** Under the request's key. A refusal is stored; after any other error the key is free, and the next attempt goes on from here. */
async function finish(deps: Deps, request: ChargeRequest, opened: Open): Promise<StoredAnswer> {
  const { held, payment } = opened;
  deps.leases.keep(held);
  let begun: BegunPayment | null = hasBegun(payment) ? payment : null;
  try {
    begun ??= await begin(deps, payment, request);
    const result = await askProvider(deps, begun, request, opened.resumed);
    const { paymentId } = begun;
    const { traceparent } = request;
    const answer = await deps.settler.settle({ paymentId, result, at: deps.clock.now(), traceparent, held });
    if (result.kind === 'FAILED') await tellOrders(deps, begun, traceparent);
    // Another attempt took this one for dead and answers the request.
    if (answer === null) throw refusalOf('IN_FLIGHT');
    return answer;
  } catch (error) {
    const unbegun = begun === null ? payment.paymentId : null;
    const answer = error instanceof ApiError ? answerOfError(error) : null;
    // It may not hide what happened: a key that cannot be stored or freed now is free when its lease runs out.
    await deps.opener.abandon({ held, unbegun, answer }).catch(() => undefined);
    throw error;
  } finally {
    deps.leases.drop(held);
  }
}

/** So that a declined buyer who looks at the order, or gives it up, finds it open. The domain event says the same a moment later. */
async function tellOrders({ services }: Deps, { orderId, paymentId }: BegunPayment, traceparent: string): Promise<void> {
  const path = `/internal/orders/${orderId}/payments/${paymentId}/failure`;
  await services.call('orders', path, { method: 'POST', traceparent, timeoutMs: TELL_TIMEOUT_MS }).catch(() => undefined);
}

function draft({ clock }: Deps, { userId, key, body }: ChargeRequest): PaymentState {
  const { orderId, amountCents, currency, paymentMethod } = body;
  const now = clock.now();
  return {
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
  };
}

/** A refusal, or no answer, leaves nothing behind: orders lets another payment begin, and finds out that this one never did. */
async function begin({ services, opener, clock }: Deps, payment: PaymentState, request: ChargeRequest): Promise<BegunPayment> {
  const { paymentId, orderId, userId, amountCents, currency } = payment;
  const answer = await services.call<BeginPaymentAnswer>('orders', `/internal/orders/${orderId}/payments`, {
    method: 'POST',
    body: { paymentId, userId, amountCents, currency },
    traceparent: request.traceparent,
    timeoutMs: BEGIN_TIMEOUT_MS,
  });
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
