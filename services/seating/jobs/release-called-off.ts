import type { Job } from '../../../platform/lifecycle/service.ts';
import type { Database } from '../../../platform/postgres/database.ts';
import { holdsOfCalledOff } from '../store/reservations.ts';
import type { Seats } from '../writes/seats.ts';

const HOLDS_AT_ONCE = 500;
const MAX_ROUNDS = 100;

/**
 * Releases the holds of cancelled events, however many there are: a batch at a time through the same writer as everybody's
 * requests, each hold with its own domain event. What is left when it is cut off are the holds that are still there, so the next
 * run goes on. Nothing depends on its haste: the sale stopped with the rules of the event.
 */
export function releaseCalledOff(database: Database, seats: Seats): Job {
  return {
    name: 'seating.release-called-off',
    everyMs: 1_000,
    async run(signal) {
      for (let round = 0; round < MAX_ROUNDS && !signal.aborted; round++) {
        const holds = await holdsOfCalledOff(database, HOLDS_AT_ONCE);
        if (holds.length === 0) return;
        await Promise.all(
          holds.map((hold) =>
            seats.submit({
              command: { type: 'release', ...hold, by: null, reason: 'EVENT_CANCELLED' },
              traceparent: undefined,
              idempotency: null,
            }),
          ),
        );
      }
    },
  };
}
