import type { ServiceDefinition } from '../../platform/lifecycle/service.ts';
import { onSeatCounts } from './consumers/on-seat-counts.ts';
import { createEvents } from './events.ts';
import { eventRoutes } from './http/event-routes.ts';
import { internalRoutes } from './http/internal-routes.ts';
import { venueRoutes } from './http/venue-routes.ts';
import { createOtherServices } from './other-services.ts';
import { createVenues } from './venues.ts';

/** Venues, events and their search. */
export const catalog: ServiceDefinition = {
  name: 'catalog',
  database: { name: 'catalogdb', migrations: new URL('./migrations/', import.meta.url) },
  create: ({ database, clock, wakeRelay, services, logger }) => {
    const venues = createVenues({ database, clock, wakeRelay });
    const events = createEvents({ database, clock, wakeRelay, others: createOtherServices(services, logger) });
    return {
      publicRoutes: (app) => {
        venueRoutes(app, venues);
        eventRoutes(app, events);
      },
      internalRoutes: (app) => internalRoutes(app, events),
      subscriptions: [onSeatCounts(database)],
    };
  },
};
