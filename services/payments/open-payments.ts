import { appendToOutbox } from '../../platform/outbox/append.ts';
import { ApiError } from '../../platform/http/api-error.ts';
import type { Database, Tx } from '../../platform/postgres/database.ts';
import { createWriteBatcher } from '../../platform/postgres/write-batcher.ts';
import { afterSilence, type BegunPayment, type PaymentState } from './domain/payment.ts';
import { paymentRequested } from './domain-events.ts';
import { beginPayments, insertPayments, livePayments } from './store/payments.ts';

export type Opened = { ok: true; payment: PaymentState } | { ok: false; other: PaymentState };

export type PaymentOpener = {
  /** Writes a PENDING payment, or tells which one is in its way. */
  open(payment: PaymentState): Promise<Opened>;
  /** Notes that orders let it begin, and publishes so. False when it was given up meanwhile. */
  begin(payment: BegunPayment, traceparent: string): Promise<boolean>;
  stop(): Promise<void>;
};

type Begin = { payment: BegunPayment; traceparent: string };

const BATCH = { maxBatch: 200, maxQueue: 2_000, maxWaitMs: 3_000 };

/** Payments that begin at the same time are written in one transaction. */
export function createPaymentOpener(database: Database): PaymentOpener {
  const inserts = createWriteBatcher<PaymentState, Opened>({
    name: 'payments.open',
    ...BATCH,
    run: (payments) => database.transaction((tx) => insertAll(tx, payments)),
  });
  const begins = createWriteBatcher<Begin, boolean>({
    name: 'payments.begin',
    ...BATCH,
    run: (commands) => database.transaction((tx) => beginAll(tx, commands)),
  });
  return {
    open: inserts.submit,
    begin: (payment, traceparent) => begins.submit({ payment, traceparent }),
    stop: async () => {
      await Promise.all([inserts.stop(), begins.stop()]);
    },
  };
}

async function insertAll(tx: Tx, payments: readonly PaymentState[]): Promise<Opened[]> {
  const inserted = await insertPayments(tx, payments, ({ createdAt }) => afterSilence(createdAt));
  const refused = payments.filter(({ paymentId }) => !inserted.has(paymentId));
  const others =
    refused.length > 0
      ? await livePayments(
          tx,
          refused.map(({ orderId }) => orderId),
        )
      : new Map<string, PaymentState>();
  return payments.map((payment) => {
    if (inserted.has(payment.paymentId)) return { ok: true, payment };
    const other = others.get(payment.orderId);
    // It ended between the two statements. Nothing was done, and the next try works.
    if (other === undefined)
      throw new ApiError('OVERLOADED', 'Another payment of this order ended at the same moment. Try again.');
    return { ok: false, other };
  });
}

async function beginAll(tx: Tx, commands: readonly Begin[]): Promise<boolean[]> {
  const begun = await beginPayments(
    tx,
    commands.map(({ payment }) => ({ ...payment, askAt: afterSilence(payment.updatedAt), at: payment.updatedAt })),
  );
  const requested = commands.filter(({ payment }) => begun.has(payment.paymentId));
  await appendToOutbox(
    tx,
    requested.map(({ payment, traceparent }) => paymentRequested(payment, traceparent)),
  );
  return commands.map(({ payment }) => begun.has(payment.paymentId));
}
