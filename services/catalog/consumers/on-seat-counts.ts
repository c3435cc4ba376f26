import type { DomainEvent } from '../../../contracts/events/domain-event.ts';
import type { Subscription } from '../../../platform/event-log/port.ts';
import type { Database } from '../../../platform/postgres/database.ts';
import { keepSeatCounts, type SeatCounts } from '../store/event-seats.ts';

const TYPES = ['seat.reserved', 'seat.released', 'seat.allocated', 'seat.blocked', 'seat.unblocked', 'seats.opened'] as const;

/** Keeps each event's `totalSeats` and `availableSeats` up with seating: one row a batch, however many seats were sold in it. */
export function onSeatCounts(database: Database): Subscription {
  return {
    group: 'catalog.seat-counts',
    topics: ['seat.events'],
    types: TYPES,
    // All events of a version tell the counts at its end, so the last one is enough: one in hundreds while a sale rushes.
    wants: ({ data }) => !('versionComplete' in data) || data.versionComplete,
    database,
    handle: async (tx, events) => {
      const counts = newestCounts(events);
      if (counts.length > 0) await keepSeatCounts(tx, counts);
    },
  };
}

/** The counts with the highest version of each event. Pure. */
export function newestCounts(events: readonly DomainEvent[]): SeatCounts[] {
  const newest = new Map<string, SeatCounts>();
  for (const { data } of events) {
    if (!('availableSeats' in data)) continue;
    const { eventId, version, totalSeats, availableSeats } = data;
    if (version > (newest.get(eventId)?.version ?? 0)) newest.set(eventId, { eventId, version, totalSeats, availableSeats });
  }
  return [...newest.values()];
}
