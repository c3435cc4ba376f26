import type { StoredAnswer } from '../../platform/idempotency/answer.ts';
import type { Lease } from '../../platform/idempotency/with-lease.ts';
import { appendToOutbox } from '../../platform/outbox/append.ts';
import type { Database, Tx } from '../../platform/postgres/database.ts';
import { createWriteBatcher } from '../../platform/postgres/write-batcher.ts';
import { hasBegun, nextAsk, type ChargeResult, type PaymentState } from './domain/payment.ts';
import { paymentSettled } from './domain-events.ts';
import { answerOfPayment } from './http/answers.ts';
import { lockPayments, savePayments } from './store/payments.ts';

type Command = { paymentId: string; result: ChargeResult; at: Date; traceparent: string | undefined; lease: Lease | null };

export type PaymentSettler = {
  /**
   * Commits what became of a payment, its domain event and the answer of its request together. A payment that was settled before
   * stays as it is; the answer tells how.
   */
  settle(command: Command): Promise<StoredAnswer>;
  stop(): Promise<void>;
};

const BATCH = { maxBatch: 200, maxQueue: 5_000, maxWaitMs: 10_000 };

export function createPaymentSettler(database: Database): PaymentSettler {
  const batcher = createWriteBatcher<Command, StoredAnswer>({
    name: 'payments.settle',
    ...BATCH,
    run: (commands) => database.transaction((tx) => settleAll(tx, commands)),
  });
  return { settle: batcher.submit, stop: batcher.stop };
}

async function settleAll(tx: Tx, commands: readonly Command[]): Promise<StoredAnswer[]> {
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
  const saved = savePayments(tx, changed, (payment) =>
    payment.status === 'PENDING' ? nextAsk(payment.asked, payment.updatedAt) : null,
  );
  const appended = appendToOutbox(tx, records);
  const answers = commands.map(({ paymentId }) => answerOf(payments.get(paymentId)));
  const finished = commands.map(({ lease }, index) => finish(tx, lease, answers[index]));
  await Promise.all([saved, appended, ...finished]);
  return answers;
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

async function finish(tx: Tx, lease: Lease | null, answer: StoredAnswer | undefined): Promise<void> {
  if (lease !== null && answer !== undefined) await lease.finish(tx, answer);
}
