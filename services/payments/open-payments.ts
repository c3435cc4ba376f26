import { ApiError } from '../../platform/http/api-error.ts';
import { answerOfError, type StoredAnswer } from '../../platform/idempotency/answer.ts';
import { claimKeys, finishKeys, freeKeys, type Claim, type HeldKey } from '../../platform/idempotency/held-keys.ts';
import type { IdempotencyKey } from '../../platform/idempotency/idempotency-key.ts';
import { appendToOutbox } from '../../platform/outbox/append.ts';
import type { Database, Tx } from '../../platform/postgres/database.ts';
import { createWriteBatcher } from '../../platform/postgres/write-batcher.ts';
import { afterSilence, type BegunPayment, type PaymentState } from './domain/payment.ts';
import { paymentRequested } from './domain-events.ts';
import { answerOfPayment } from './http/answers.ts';
import { beginPayments, deleteUnbegun, insertPayments, livePayments, paymentsByKey } from './store/payments.ts';

export type Opened =
  /** To be worked on by whoever asked, under the key. `resumed`: an earlier attempt opened it. */
  | { kind: 'OPENED'; payment: PaymentState; held: HeldKey; resumed: boolean }
  /** It ended before, or another payment is in its way. */
  | { kind: 'ANSWERED'; answer: StoredAnswer }
  | { kind: 'UNAVAILABLE' | 'TRY_AGAIN' }
  | Exclude<Claim, { kind: 'RUN' }>;

export type PaymentOpener = {
  /**
   * Takes the request's key and writes a PENDING payment, in one transaction; or finds the payment that an earlier attempt with the
   * key left. With `available` false no new one is made.
   */
  open(command: Open): Promise<Opened>;
  /** Notes that orders let it begin, and publishes so. False when it was given up meanwhile. */
  begin(payment: BegunPayment, traceparent: string): Promise<boolean>;
  /** Ends an attempt that came to nothing: its refusal is stored, or the key is free at once; a payment never begun is no more. */
  abandon(command: Abandoned): Promise<void>;
  stop(): Promise<void>;
};

type Open = { payment: PaymentState; key: IdempotencyKey; available: boolean };
type Begin = { payment: BegunPayment; traceparent: string };
type Abandoned = { held: HeldKey; unbegun: string | null; answer: StoredAnswer | null };

const BATCH = { maxBatch: 200, maxQueue: 2_000, maxWaitMs: 3_000 };

/** Payments that begin at the same time are written in one transaction. */
export function createPaymentOpener(database: Database): PaymentOpener {
  const opens = createWriteBatcher<Open, Opened>({
    name: 'payments.open',
    ...BATCH,
    run: (commands) => database.transaction((tx) => openAll(tx, commands)),
  });
  const begins = createWriteBatcher<Begin, boolean>({
    name: 'payments.begin',
    ...BATCH,
    run: (commands) => database.transaction((tx) => beginAll(tx, commands)),
  });
  const ends = createWriteBatcher<Abandoned, true>({
    name: 'payments.abandon',
    ...BATCH,
    run: (commands) => database.transaction((tx) => abandonAll(tx, commands)),
  });
  return {
    open: opens.submit,
    begin: (payment, traceparent) => begins.submit({ payment, traceparent }),
    abandon: async (command) => void (await ends.submit(command)),
    stop: async () => {
      await Promise.all([opens.stop(), begins.stop(), ends.stop()]);
    },
  };
}

type Claimed = Open & { held: HeldKey };

async function openAll(tx: Tx, commands: readonly Open[]): Promise<Opened[]> {
  const claims = await claimKeys(
    tx,
    commands.map(({ key }) => key),
  );
  const claimed = commands.flatMap((command, index): Claimed[] => {
    const claim = claims[index];
    return claim?.kind === 'RUN' ? [{ ...command, held: claim.held }] : [];
  });
  const before = await openedBefore(tx, claimed);
  const fresh = claimed.filter(({ held, available }) => available && !before.has(held.token));
  const made = await insertAll(tx, fresh);
  const opened = new Map(claimed.map((command) => [command.held.token, outcomeOf(command, before, made)]));
  const answered = claimed.flatMap(({ held }) => {
    const outcome = opened.get(held.token);
    return outcome?.kind === 'ANSWERED' ? [{ held, answer: outcome.answer }] : [];
  });
  const undone = claimed.filter(({ held }) => !['OPENED', 'ANSWERED'].includes(opened.get(held.token)?.kind ?? ''));
  await finishKeys(tx, answered);
  await freeKeys(
    tx,
    undone.map(({ held }) => held),
  );
  return claims.map((claim) => (claim.kind === 'RUN' ? (opened.get(claim.held.token) ?? { kind: 'TRY_AGAIN' }) : claim));
}

/** What earlier attempts with these keys left, by token. */
async function openedBefore(tx: Tx, claimed: readonly Claimed[]): Promise<Map<string, PaymentState>> {
  const resumed = claimed.filter(({ held }) => held.resumed);
  if (resumed.length === 0) return new Map();
  const payments = await paymentsByKey(
    tx,
    resumed.map(({ payment }) => payment),
  );
  return new Map(
    resumed.flatMap(({ held, payment: { userId, idempotencyKey, orderId } }) => {
      const known = payments.find((p) => p.userId === userId && p.idempotencyKey === idempotencyKey && p.orderId === orderId);
      return known === undefined ? [] : [[held.token, known] as const];
    }),
  );
}

type Inserted = { inserted: ReadonlySet<string>; inTheWay: ReadonlyMap<string, PaymentState> };

async function insertAll(tx: Tx, fresh: readonly Claimed[]): Promise<Inserted> {
  if (fresh.length === 0) return { inserted: new Set(), inTheWay: new Map() };
  const payments = fresh.map(({ payment }) => payment);
  const inserted = await insertPayments(tx, payments, ({ createdAt }) => afterSilence(createdAt));
  const refused = payments.filter(({ paymentId }) => !inserted.has(paymentId)).map(({ orderId }) => orderId);
  return { inserted, inTheWay: refused.length === 0 ? new Map() : await livePayments(tx, refused) };
}

function outcomeOf(
  { payment, held, available }: Claimed,
  before: ReadonlyMap<string, PaymentState>,
  { inserted, inTheWay }: Inserted,
): Opened {
  const known = before.get(held.token);
  if (known?.status === 'PENDING') return { kind: 'OPENED', payment: known, held, resumed: true };
  if (known !== undefined) return { kind: 'ANSWERED', answer: answerOfPayment(known) };
  if (!available) return { kind: 'UNAVAILABLE' };
  if (inserted.has(payment.paymentId)) return { kind: 'OPENED', payment, held, resumed: false };
  const other = inTheWay.get(payment.orderId);
  const answer = other === undefined ? null : answerOfError(refusedBy(other, payment.userId));
  // It ended between the two statements. Nothing was done, and the next try works.
  return answer === null ? { kind: 'TRY_AGAIN' } : { kind: 'ANSWERED', answer };
}

function refusedBy({ paymentId, userId, status }: PaymentState, askedBy: string): ApiError {
  // Whose payment it is must not be told to another user.
  if (userId !== askedBy) return new ApiError('ORDER_NOT_FOUND', 'You have no such order.');
  if (status === 'PENDING')
    return new ApiError(
      'PAYMENT_IN_PROGRESS',
      `The payment ${paymentId} of this order is under way. Wait for its outcome: GET /v1/payments/${paymentId}.`,
      { paymentId },
    );
  return new ApiError('ORDER_NOT_PAYABLE', `The order was paid by ${paymentId} already. Nothing was charged again.`, {
    paymentId,
  });
}

async function beginAll(tx: Tx, commands: readonly Begin[]): Promise<boolean[]> {
  const begun = await beginPayments(
    tx,
    commands.map(({ payment }) => ({ ...payment, askAt: afterSilence(payment.updatedAt), at: payment.updatedAt })),
  );
  const requested = commands.filter(({ payment }) => begun.has(payment.paymentId));
  void appendToOutbox(
    tx,
    requested.map(({ payment, traceparent }) => paymentRequested(payment, traceparent)),
  );
  return commands.map(({ payment }) => begun.has(payment.paymentId));
}

async function abandonAll(tx: Tx, commands: readonly Abandoned[]): Promise<true[]> {
  void deleteUnbegun(
    tx,
    commands.flatMap(({ unbegun }) => unbegun ?? []),
  );
  // What fails in it fails the transaction.
  void finishKeys(
    tx,
    commands.flatMap(({ held, answer }) => (answer === null ? [] : [{ held, answer }])),
  ).catch(() => undefined);
  await freeKeys(
    tx,
    commands.flatMap(({ held, answer }) => (answer === null ? [held] : [])),
  );
  return commands.map(() => true);
}
