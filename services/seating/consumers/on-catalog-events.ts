import type { Static } from 'typebox';
import type { EventFacts } from '../../../contracts/events/catalog.ts';
import type { Subscription } from '../../../platform/event-log/port.ts';
import type { Database } from '../../../platform/postgres/database.ts';
import { upsertSales } from '../store/sales.ts';

/** Takes over what the catalog decided about events: when they are on sale, for whom, at which limits. */
export function onCatalogEvents(database: Database): Subscription {
  return {
    group: 'seating.catalog-events',
    topics: ['catalog.events'],
    types: ['event.created', 'event.updated', 'event.cancelled'],
    database,
    async handle(tx, events) {
      const latest = new Map<string, Static<typeof EventFacts>>();
      for (const event of events) {
        if (event.type !== 'event.created' && event.type !== 'event.updated' && event.type !== 'event.cancelled') continue;
        const known = latest.get(event.data.eventId);
        if (!known || known.revision < event.data.revision) latest.set(event.data.eventId, event.data);
      }
      await upsertSales(tx, [...latest.values()]);
    },
  };
}
