import type { Job } from '../../../platform/lifecycle/service.ts';
import type { Database } from '../../../platform/postgres/database.ts';
import { eventsWithDue } from '../store/reservations.ts';
import type { Seats } from '../writes/seats.ts';

/**
 * Ends holds whose time is over, so that readers see the seats free soon after. The sale does not depend on it: whoever reserves
 * ends what is due first.
 */
export function expireReservations(database: Database, seats: Seats): Job {
  return {
    name: 'seating.expire-reservations',
    everyMs: 500,
    async run() {
      const eventIds = await eventsWithDue(database);
      await Promise.all(
        eventIds.map((eventId) =>
          seats.submit({ command: { type: 'sweep', eventId }, traceparent: undefined, idempotency: null }),
        ),
      );
    },
  };
}
