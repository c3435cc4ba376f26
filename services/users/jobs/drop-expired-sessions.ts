import type { Clock } from '../../../platform/clock.ts';
import type { Job } from '../../../platform/lifecycle/service.ts';
import type { Database } from '../../../platform/postgres/database.ts';
import { deleteExpiredSessions } from '../store/sessions.ts';

const EVERY_MS = 60 * 60 * 1000;
const BATCH = 1_000;
/** A run ends after this many batches, whatever is left; the next run goes on. */
const MAX_BATCHES = 100;

/** Sessions past their end sign nobody in; this only keeps the table small. */
export function dropExpiredSessions(database: Database, clock: Clock): Job {
  return {
    name: 'users.drop-expired-sessions',
    everyMs: EVERY_MS,
    run: async (signal) => {
      for (let batch = 0; batch < MAX_BATCHES && !signal.aborted; batch++) {
        const deleted = await deleteExpiredSessions(database, clock.now(), BATCH);
        if (deleted < BATCH) return;
      }
    },
  };
}
