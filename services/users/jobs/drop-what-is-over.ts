import type { Clock } from '../../../platform/clock.ts';
import type { Job } from '../../../platform/lifecycle/service.ts';
import type { Database } from '../../../platform/postgres/database.ts';
import { deleteExpiredMailTokens } from '../store/mail-tokens.ts';
import { deletePastRevocations } from '../store/revocations.ts';
import { deleteExpiredSessions } from '../store/sessions.ts';

const EVERY_MS = 60 * 60 * 1000;
const BATCH = 1_000;
/** A run ends after this many batches of each kind, whatever is left; the next run goes on. */
const MAX_BATCHES = 100;

/** Sessions, tokens and revocations past their end have no effect; this only keeps the tables small. */
export function dropWhatIsOver(database: Database, clock: Clock): Job {
  return {
    name: 'users.drop-what-is-over',
    everyMs: EVERY_MS,
    run: async (signal) => {
      for (const drop of [deleteExpiredSessions, deleteExpiredMailTokens, deletePastRevocations]) {
        for (let batch = 0; batch < MAX_BATCHES && !signal.aborted; batch++) {
          const deleted = await drop(database, clock.now(), BATCH);
          if (deleted < BATCH) break;
        }
      }
    },
  };
}
