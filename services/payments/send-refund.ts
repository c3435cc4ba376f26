import type { Clock } from '../../platform/clock.ts';
import { appendToOutbox } from '../../platform/outbox/append.ts';
import type { Database } from '../../platform/postgres/database.ts';
import { hasBegun } from './domain/payment.ts';
import { paymentRefunded, refundFailed } from './domain-events.ts';
import type { RefundOutcome } from './provider/port.ts';
import type { ResilientProvider } from './provider/resilience.ts';
import { lockPayments } from './store/payments.ts';
import { failRefund, finishRefund, refundById, type RefundState } from './store/refunds.ts';

export type RefundSenderDeps = { database: Database; clock: Clock; provider: ResilientProvider };

/**
 * Asks the provider, by the refund's own key and under no lock, and commits its answer with the domain event. Silence leaves the
 * refund PENDING for the next time; two that ask at once give back once.
 *
 * @returns the refund as it is afterwards
 */
export async function sendRefund(deps: RefundSenderDeps, refund: RefundState): Promise<RefundState> {
  const outcome = await ask(deps, refund);
  return outcome === null ? refund : settle(deps, refund, outcome);
}

/** Tickets whose value was given back as goodwill before are worth nothing any more: nobody need be asked. */
function ask({ provider }: RefundSenderDeps, { refundId, paymentId, amountCents }: RefundState): Promise<RefundOutcome | null> {
  if (amountCents === 0) return Promise.resolve({ kind: 'REFUNDED', providerRefundId: null });
  return provider.refund({ key: refundId, chargeKey: paymentId, amountCents });
}

function settle({ database, clock }: RefundSenderDeps, refund: RefundState, outcome: RefundOutcome): Promise<RefundState> {
  const { refundId, paymentId } = refund;
  return database.transaction(async (tx) => {
    const at = clock.now();
    const payment = (await lockPayments(tx, [paymentId])).get(paymentId);
    if (payment === undefined || !hasBegun(payment)) throw new Error(`${refundId} is of ${paymentId}, which was never charged`);
    const settled =
      outcome.kind === 'REFUNDED'
        ? await finishRefund(tx, refund, outcome.providerRefundId, at)
        : await failRefund(tx, refund, outcome.reason, at);
    if (settled === null) return (await refundById(tx, refundId)) ?? refund;
    const told = { ...payment, updatedAt: at };
    const record = outcome.kind === 'REFUNDED' ? paymentRefunded(told, settled, at) : refundFailed(told, settled, at);
    await appendToOutbox(tx, [record]);
    return settled;
  });
}
