import type { Clock } from '../../../platform/clock.ts';
import type { Subscription } from '../../../platform/event-log/port.ts';
import type { Database } from '../../../platform/postgres/database.ts';
import { rememberCancelledEvents } from '../store/cancelled-events.ts';

/** Remembered here, at once; what orders the event has are given up by a job, since there may be very many. */
export function onEventCancelled(database: Database, clock: Clock): Subscription<void> {
  return {
    group: 'orders.event-cancelled',
    topics: ['catalog.events'],
    types: ['event.cancelled'],
    database,
    handle: async (tx, events) => {
      const eventIds = events.flatMap((event) => (event.type === 'event.cancelled' ? event.data.eventId : []));
      await rememberCancelledEvents(tx, [...new Set(eventIds)], clock.now());
    },
  };
}
