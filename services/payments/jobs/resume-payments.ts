import type { Clock } from '../../../platform/clock.ts';
import type { Job } from '../../../platform/lifecycle/service.ts';
import type { Database } from '../../../platform/postgres/database.ts';
import { hasBegun, resultOf, type PaymentState } from '../domain/payment.ts';
import type { ResilientProvider } from '../provider/resilience.ts';
import type { PaymentSettler } from '../settle-payments.ts';
import { deleteUnbegun, takeDuePayments } from '../store/payments.ts';

const EVERY_MS = 500;
const PAYMENTS_AT_ONCE = 20;

type Deps = { database: Database; clock: Clock; provider: ResilientProvider; settler: PaymentSettler };

/**
 * Finds out what became of payments whose answer is unknown: the provider was silent, or our process died. The provider is asked
 * by the payment's own key, so nothing is ever captured twice.
 */
export function resumePayments(deps: Deps): Job {
  return {
    name: 'resume-payments',
    everyMs: EVERY_MS,
    run: async () => {
      const due = await takeDuePayments(deps.database, deps.clock.now(), PAYMENTS_AT_ONCE);
      await Promise.all(due.map((payment) => resume(deps, payment)));
    },
  };
}

async function resume({ database, clock, provider, settler }: Deps, payment: PaymentState): Promise<void> {
  // The provider is asked only after orders let a payment begin, so this one cannot have been captured.
  if (!hasBegun(payment)) {
    await deleteUnbegun(database, [payment.paymentId]);
    return;
  }
  const outcome = await provider.conclude(payment.paymentId);
  if (outcome.kind === 'UNKNOWN') return;
  await settler.settle({
    paymentId: payment.paymentId,
    result: resultOf(outcome),
    at: clock.now(),
    traceparent: undefined,
    held: null,
  });
}
