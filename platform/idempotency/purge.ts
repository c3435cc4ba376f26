import type { Job } from '../lifecycle/service.ts';
import { sql, type Database } from '../postgres/database.ts';

const EVERY_MS = 60_000;
const ROWS_AT_ONCE = 5_000;
/** Bounds one run; what is left waits for the next. */
const MAX_ROUNDS = 50;

const PURGE = sql(
  'idempotency.purge',
  `DELETE FROM idempotency_key WHERE (scope, key) IN (
     SELECT scope, key FROM idempotency_key
      WHERE created_at < now() - interval '24 hours' AND (locked_until IS NULL OR locked_until < now())
      ORDER BY created_at LIMIT $1 FOR UPDATE SKIP LOCKED)`,
);

/** Forgets keys after 24 hours, except those of work that is still under way. */
export function purgeIdempotencyKeys(database: Database): Job {
  return {
    name: 'purge-idempotency-keys',
    everyMs: EVERY_MS,
    run: async (signal) => {
      for (let round = 0; round < MAX_ROUNDS && !signal.aborted; round++) {
        if ((await database.run(PURGE, [ROWS_AT_ONCE])) < ROWS_AT_ONCE) return;
      }
    },
  };
}
