import type { Clock } from '../../../platform/clock.ts';
import type { Job } from '../../../platform/lifecycle/service.ts';
import { appendToOutbox } from '../../../platform/outbox/append.ts';
import type { Database } from '../../../platform/postgres/database.ts';
import { hasBegun } from '../domain/payment.ts';
import { paymentRefunded } from '../domain-events.ts';
import type { ResilientProvider } from '../provider/resilience.ts';
import { lockPayments } from '../store/payments.ts';
import { finishRefund, takeDueRefunds, type RefundState } from '../store/refunds.ts';

const EVERY_MS = 500;
const REFUNDS_AT_ONCE = 20;

type Deps = { database: Database; clock: Clock; provider: ResilientProvider };

/** Gives money back. A provider that is silent is asked again, by the refund's own key, until it answers. */
export function sendRefunds(deps: Deps): Job {
  return {
    name: 'send-refunds',
    everyMs: EVERY_MS,
    run: async () => {
      const due = await takeDueRefunds(deps.database, deps.clock.now(), REFUNDS_AT_ONCE);
      await Promise.all(due.map((refund) => send(deps, refund)));
    },
  };
}

async function send({ database, clock, provider }: Deps, refund: RefundState): Promise<void> {
  const { refundId, paymentId, amountCents } = refund;
  const answer = await provider.refund({ key: refundId, chargeKey: paymentId, amountCents });
  if (answer === null) return;
  await database.transaction(async (tx) => {
    const at = clock.now();
    const payment = (await lockPayments(tx, [paymentId])).get(paymentId);
    if (payment === undefined || !hasBegun(payment)) throw new Error(`${refundId} is of ${paymentId}, which was never charged`);
    if (!(await finishRefund(tx, refund, answer.providerRefundId, at))) return;
    await appendToOutbox(tx, [paymentRefunded({ ...payment, updatedAt: at }, refund, at)]);
  });
}
