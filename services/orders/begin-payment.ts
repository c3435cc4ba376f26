import type { BeginPaymentAnswer, BeginPaymentBody } from '../../contracts/http/orders.ts';
import { PAYMENT_WINDOW_SECONDS } from '../../contracts/http/payments.ts';
import type { PaymentWindowAnswer } from '../../contracts/http/seating.ts';
import type { Clock } from '../../platform/clock.ts';
import { ApiError } from '../../platform/http/api-error.ts';
import type { ServiceClient } from '../../platform/http/service-client.ts';
import type { Database, Tx } from '../../platform/postgres/database.ts';
import { createWriteBatcher } from '../../platform/postgres/write-batcher.ts';
import { changeOrder, mayBeginPayment, type BeginPaymentRefusal, type OrderChange, type OrderState } from './domain/order.ts';
import { failPayments, type FailedPayment } from './fail-payments.ts';
import { closeWindowAfterFailure } from './payment-window.ts';
import { lockOrders, saveChanges, type FindOrder } from './store/orders.ts';

type Command = BeginPaymentBody & { orderId: string; windowEndsAt: Date; at: Date };
type Result = { ok: true; order: OrderState } | BeginPaymentRefusal;

export type BeginPayment = {
  /** The order enters PAYMENT_PROCESSING and its seats are kept until `windowEndsAt`. Asking again for a payment is answered again. */
  begin(orderId: string, body: BeginPaymentBody, traceparent: string): Promise<BeginPaymentAnswer>;
  /** The payment came to nothing: the order is open for another card at once, before payments' domain event says the same. */
  fail(orderId: string, paymentId: string, traceparent: string): Promise<void>;
  stop(): Promise<void>;
};

/** Shorter than payments waits for us, so that it hears of a seating that is away. */
const SEATING_TIMEOUT_MS = 5_000;
const BATCH = { maxBatch: 200, maxQueue: 2_000, maxWaitMs: 3_000 };

export function createPaymentBeginner(deps: {
  database: Database;
  find: FindOrder;
  services: ServiceClient;
  clock: Clock;
}): BeginPayment {
  const { database, find, services, clock } = deps;
  const batcher = createWriteBatcher<Command, Result>({
    name: 'orders.begin-payment',
    ...BATCH,
    run: (commands) => database.transaction((tx) => beginAll(tx, commands)),
  });
  const failures = createWriteBatcher<FailedPayment, true>({
    name: 'orders.fail-payment',
    ...BATCH,
    run: async (failed) => {
      await database.transaction((tx) => failPayments(tx, failed, clock.now()));
      return failed.map(() => true);
    },
  });

  async function begin(orderId: string, body: BeginPaymentBody, traceparent: string): Promise<BeginPaymentAnswer> {
    const known = mayBeginPayment(await find(orderId), body);
    if (!known.ok) throw refusalOf(known);
    const windowEndsAt = await keepSeats(known.order, body.paymentId, traceparent);
    const begun = await batcher.submit({ ...body, orderId, windowEndsAt, at: clock.now() });
    if (!begun.ok) throw refusalOf(begun);
    const { eventId, reservationId } = begun.order;
    return { eventId, reservationId, windowEndsAt: windowEndsAt.toISOString() };
  }

  /** First seating, then our own row: a window that was opened in vain ends by itself, a payment without one could lose its seats. */
  async function keepSeats(order: OrderState, paymentId: string, traceparent: string): Promise<Date> {
    const path = `/internal/reservations/${order.reservationId}/payment-window`;
    const body = { orderId: order.orderId, paymentId, windowSeconds: PAYMENT_WINDOW_SECONDS };
    try {
      const timeoutMs = SEATING_TIMEOUT_MS;
      const answer = await services.call<PaymentWindowAnswer>('seating', path, { method: 'POST', body, traceparent, timeoutMs });
      // The hold may live much longer, but the charge is over by then: that is when an order that heard nothing asks.
      return new Date(Math.min(Date.parse(answer.heldUntil), clock.now().getTime() + PAYMENT_WINDOW_SECONDS * 1_000));
    } catch (error) {
      if (error instanceof ApiError && (error.code === 'RESERVATION_NOT_ACTIVE' || error.code === 'RESERVATION_NOT_FOUND')) {
        throw new ApiError('ORDER_NOT_PAYABLE', 'The hold on the seats has ended, so nothing was charged. Reserve seats again.');
      }
      throw error;
    }
  }

  async function fail(orderId: string, paymentId: string, traceparent: string): Promise<void> {
    const order = await find(orderId);
    if (order?.paymentId !== paymentId) return;
    await closeWindowAfterFailure(services, order);
    await failures.submit({ orderId, paymentId, traceparent });
  }

  return {
    begin,
    fail,
    stop: async () => {
      await Promise.all([batcher.stop(), failures.stop()]);
    },
  };
}

async function beginAll(tx: Tx, commands: readonly Command[]): Promise<Result[]> {
  const orders = await lockOrders(
    tx,
    commands.map(({ orderId }) => orderId),
  );
  const changes: OrderChange[] = [];
  const results = commands.map((command): Result => {
    const decision = mayBeginPayment(orders.get(command.orderId), command);
    if (!decision.ok) return decision;
    const fields = { paymentId: command.paymentId, paymentWindowEndsAt: command.windowEndsAt };
    const change = changeOrder(decision.order, 'PAYMENT_STARTED', command.at, fields);
    if (change === null) return { ok: false, code: 'ORDER_NOT_PAYABLE', status: decision.order.status };
    changes.push(change);
    orders.set(command.orderId, change.order);
    return { ok: true, order: change.order };
  });
  await saveChanges(tx, changes);
  return results;
}

function refusalOf(refusal: BeginPaymentRefusal): ApiError {
  switch (refusal.code) {
    case 'ORDER_NOT_FOUND':
      return new ApiError('ORDER_NOT_FOUND', 'You have no such order.');
    case 'ORDER_NOT_PAYABLE':
      return new ApiError('ORDER_NOT_PAYABLE', `The order is ${refusal.status} and cannot be paid now. Nothing was charged.`, {
        orderStatus: refusal.status,
      });
    case 'AMOUNT_MISMATCH':
      return new ApiError(
        'AMOUNT_MISMATCH',
        `The order costs ${refusal.totalCents} ${refusal.currency} cents. Nothing was charged.`,
        {
          totalCents: refusal.totalCents,
          currency: refusal.currency,
        },
      );
  }
}
