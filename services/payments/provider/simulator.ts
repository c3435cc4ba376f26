import { randomInt } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { Database } from '../../../platform/postgres/database.ts';
import { createWriteBatcher } from '../../../platform/postgres/write-batcher.ts';
import {
  ProviderSilent,
  type CaptureRequest,
  type PaymentProvider,
  type ProviderOutcome,
  type RefundOrder,
  type RefundOutcome,
} from './port.ts';
import {
  bookSimulatedRefund,
  insertSimulatedCharges,
  readSimulatedCharge,
  voidSimulatedCharge,
  type SimulatedCharge,
} from './simulator-books.ts';
import { drawn, simulatedOutcome, type SimulatedOutcome } from './simulator-outcomes.ts';

export type SimulatorOptions = {
  successRate: number;
  latency: { minMs: number; maxMs: number };
  /** Null: another one each time. */
  seed: number | null;
};

/** How long a charge that was captured without an answer stays unknown, also to those who ask. */
const SILENCE_MS = 5_000;
const MAX_SEED = 2 ** 31;

/**
 * The outside world for a system without a payment provider. Its books survive our crashes, as a real provider's would, and a key
 * is charged once.
 */
export function createSimulator(database: Database, options: SimulatorOptions): PaymentProvider & { stop(): Promise<void> } {
  const { successRate, latency } = options;
  const seed = options.seed ?? randomInt(MAX_SEED);
  const books = createWriteBatcher<SimulatedCharge, SimulatedCharge>({
    name: 'payments.simulator',
    run: (charges) => insertSimulatedCharges(database, charges),
  });

  async function capture(request: CaptureRequest, signal: AbortSignal): Promise<ProviderOutcome> {
    const { minMs, maxMs } = latency;
    const latencyMs = Math.round(minMs + (maxMs - minMs) * drawn(seed, request.key, 'latency'));
    if (latencyMs > 0) await delay(latencyMs, undefined, { signal }).catch(() => silent());
    const outcome = simulatedOutcome(request.token, successRate, seed, request.key);
    return answerOf(await books.submit(chargeOf(request, outcome)));
  }

  async function conclude(key: string): Promise<ProviderOutcome> {
    const known = await readSimulatedCharge(database, key);
    if (known !== null && known.state !== 'SILENT') return answerOf(known);
    return answerOf(await voidSimulatedCharge(database, key));
  }

  async function refund({ key, chargeKey, amountCents }: RefundOrder): Promise<RefundOutcome> {
    const booked = await database.transaction((tx) =>
      bookSimulatedRefund(tx, { key, chargeKey, amountCents, providerRefundId: `sim_re_${key.slice(4)}` }),
    );
    return booked === 'SILENT' ? silent() : booked;
  }

  return {
    capture,
    conclude,
    refund,
    stop: books.stop,
  };
}

function chargeOf({ key, orderId, amountCents, currency }: CaptureRequest, outcome: SimulatedOutcome): SimulatedCharge {
  const base = {
    key,
    orderId,
    amountCents,
    currency,
    declineReason: null,
    transactionId: null,
    silentUntil: null,
    refusesRefunds: false,
  };
  const transactionId = `sim_ch_${key.slice(4)}`;
  switch (outcome.kind) {
    case 'CAPTURED':
      return { ...base, state: 'CAPTURED', transactionId, refusesRefunds: outcome.refusesRefunds ?? false };
    case 'LATE':
      return { ...base, state: 'CAPTURED', transactionId, silentUntil: new Date(Date.now() + SILENCE_MS) };
    case 'DECLINED':
      return { ...base, state: 'DECLINED', declineReason: outcome.reason };
    case 'NEVER':
      return { ...base, state: 'SILENT' };
  }
}

function answerOf(charge: SimulatedCharge): ProviderOutcome {
  if (charge.silentUntil !== null && charge.silentUntil.getTime() > Date.now()) return silent();
  switch (charge.state) {
    case 'CAPTURED':
      return { kind: 'CAPTURED', transactionId: charge.transactionId ?? '' };
    case 'DECLINED':
      return { kind: 'DECLINED', reason: charge.declineReason ?? 'CARD_DECLINED' };
    case 'VOIDED':
      return { kind: 'VOIDED' };
    case 'SILENT':
      return silent();
  }
}

function silent(): never {
  throw new ProviderSilent('The payment provider did not answer in time.');
}
