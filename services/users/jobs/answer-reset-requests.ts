import type { Job } from '../../../platform/lifecycle/service.ts';
import type { Recovery } from '../recovery.ts';

const EVERY_MS = 500;
/** Of one run; the next goes on. */
const MAX_REQUESTS = 200;

/** Sends the e-mails that people who forgot their password asked for. */
export function answerResetRequests(recovery: Pick<Recovery, 'answerOneRequest'>): Job {
  return {
    name: 'users.answer-reset-requests',
    everyMs: EVERY_MS,
    run: async (signal) => {
      for (let answered = 0; answered < MAX_REQUESTS && !signal.aborted; answered++) {
        if (!(await recovery.answerOneRequest())) return;
      }
    },
  };
}
