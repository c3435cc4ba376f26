import type { Job } from '../../../platform/lifecycle/service.ts';
import { sendRefund, type RefundSenderDeps } from '../send-refund.ts';
import { takeDueRefunds } from '../store/refunds.ts';

const EVERY_MS = 500;
const REFUNDS_AT_ONCE = 20;

/** Sends refunds that nobody waits for, and those that the provider was silent about, until it answers. */
export function sendRefunds(deps: RefundSenderDeps & { onError: (error: unknown, refundId: string) => void }): Job {
  return {
    name: 'send-refunds',
    everyMs: EVERY_MS,
    run: async (signal) => {
      while (!signal.aborted) {
        const due = await takeDueRefunds(deps.database, deps.clock.now(), REFUNDS_AT_ONCE);
        // One that cannot be sent must not keep the others waiting.
        await Promise.all(due.map((refund) => sendRefund(deps, refund).catch((error) => deps.onError(error, refund.refundId))));
        if (due.length < REFUNDS_AT_ONCE) return;
      }
    },
  };
}
