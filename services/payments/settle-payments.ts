import type { StoredAnswer } from '../../platform/idempotency/answer.ts';
import { finishKeys, type HeldKey } from '../../platform/idempotency/held-keys.ts';
import { appendToOutbox } from '../../platform/outbox/append.ts';
import type { Database, Tx } from '../../platform/postgres/database.ts';
import { createWriteBatcher } from '../../platform/postgres/write-batcher.ts';
import { hasBegun, nextAsk, type ChargeResult, type PaymentState } from './domain/payment.ts';
import { paymentSettled } from './domain-events.ts';
import { answerOfPayment } from './http/answers.ts';
import { lockPayments, savePayments } from './store/payments.ts';

type Command = { paymentId: string; result: ChargeResult; at: Date; traceparent: string | undefined; held: HeldKey | null };

export type PaymentSettler = {
  /**
   * Commits what became of a payment, its domain event and the answer of its request together. A payment that was settled before
   * stays as it is; the answer tells how. Null when another attempt has taken up the request's key meanwhile: that one answers.
   */
  settle(command: Command): Promise<StoredAnswer | null>;
  stop(): Promise<void>;
};

const BATCH = { maxBatch: 200, maxQueue: 5_000, maxWaitMs: 10_000 };

export function createPaymentSettler(database: Database): PaymentSettler {
  const batcher = createWriteBatcher<Command, StoredAnswer | null>({
    name: 'payments.settle',
    ...BATCH,
    run: (commands) => database.transaction((tx) => settleAll(tx, commands)),
  });
  return { settle: batcher.submit, stop: batcher.stop };
}

async function settleAll(tx: Tx, commands: readonly Command[]): Promise<(StoredAnswer | null)[]> {
  const payments = await lockPayments(
    tx,
    commands.map(({ paymentId }) => paymentId),
  );
  const changed: PaymentState[] = [];
  const records = [];
  for (const { paymentId, result, at, traceparent } of commands) {
    const payment = payments.get(paymentId);
    if (payment === undefined) throw new Error(`${paymentId} is not a payment`);
    if (payment.status !== 'PENDING') continue;
    const settled = withResult(payment, result, at);
    payments.set(paymentId, settled);
    changed.push(settled);
    const record = hasBegun(settled) ? paymentSettled(settled, traceparent) : null;
    if (record !== null) records.push(record);
  }
  void savePayments(tx, changed, (payment) => (payment.status === 'PENDING' ? nextAsk(payment.asked, payment.updatedAt) : null));
  void appendToOutbox(tx, records);
  const answered = commands.map(({ paymentId, held }) => ({ held, answer: answerOf(payments.get(paymentId)) }));
  const lost = await finishKeys(
    tx,
    answered.flatMap(({ held, answer }) => (held === null ? [] : [{ held, answer }])),
  );
  return answered.map(({ held, answer }) => (held !== null && lost.has(held.token) ? null : answer));
}

function withResult(payment: PaymentState, result: ChargeResult, at: Date): PaymentState {
  switch (result.kind) {
    case 'SUCCESS':
      return { ...payment, status: 'SUCCESS', transactionId: result.transactionId, updatedAt: at };
    case 'FAILED':
      return { ...payment, status: 'FAILED', failureReason: result.reason, retryable: result.retryable, updatedAt: at };
    case 'UNKNOWN':
      return { ...payment, updatedAt: at };
  }
}

function answerOf(payment: PaymentState | undefined): StoredAnswer {
  if (payment === undefined) throw new Error('A payment vanished while it was locked');
  return answerOfPayment(payment);
}
