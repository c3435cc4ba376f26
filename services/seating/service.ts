import type { DomainEvent } from '../../contracts/events/domain-event.ts';
import type { ServiceContext, ServiceDefinition } from '../../platform/lifecycle/service.ts';
import { onCatalogEvents } from './consumers/on-catalog-events.ts';
import { importRoute } from './http/import.ts';
import { internalRoutes } from './http/internal.ts';
import { internalReserveRoute } from './http/internal-reserve.ts';
import { saleRoutes } from './http/sales.ts';
import { manageRoutes } from './http/manage.ts';
import { readRoutes } from './http/reads.ts';
import { reservationRoutes } from './http/reservations.ts';
import { reserveRoute } from './http/reserve.ts';
import { streamRoute } from './http/stream.ts';
import { expireReservations } from './jobs/expire-reservations.ts';
import { releaseCalledOff } from './jobs/release-called-off.ts';
import { createSeatMaps } from './reads/seat-maps.ts';
import { createSeatViews, type SeatViews } from './reads/views.ts';
import { createLayoutCache } from './store/layout-cache.ts';
import { createChoosers } from './writes/choosers.ts';
import { createSeats } from './writes/seats.ts';

/** Sections, seats, reservations and availability: the one place where it is decided who gets a seat. */
export const seating: ServiceDefinition = {
  name: 'seating',
  database: { name: 'seatingdb', migrations: new URL('./migrations/', import.meta.url), lookupsOnly: true },
  create(context: ServiceContext) {
    const { database, settings, services, logger, metrics } = context;
    const layouts = createLayoutCache();
    const views = createSeatViews(database, layouts, logger);
    const maps = createSeatMaps();
    // It is committed: whatever a view or a reader of it does, the buyers must be told so.
    const onCommitted = (events: readonly DomainEvent[]): void => {
      context.wakeRelay();
      try {
        views.offer(events);
      } catch (error) {
        logger.error({ err: error, eventId: events[0]?.subject }, 'A live view failed to take what was committed.');
      }
    };
    const seats = createSeats(
      { database, layouts, choosers: createChoosers(), defaultTtlSeconds: settings.seating.reservationTtlSeconds, onCommitted },
      metrics,
    );
    const layoutContext = { database, layouts, onCommitted };

    return {
      publicRoutes(app) {
        reserveRoute(app, seats, views);
        reservationRoutes(app, seats, database);
        readRoutes(app, views, maps);
        streamRoute(app, views);
        importRoute(app, layoutContext, services, views);
        manageRoutes(app, layoutContext, seats, views);
      },
      internalRoutes(app) {
        internalRoutes(app, seats, database);
        internalReserveRoute(app, seats, views);
        saleRoutes(app, database, views);
      },
      subscriptions: [onCatalogEvents(database)],
      tails: [
        { topic: 'seat.events', onRecord: (events) => views.offer(events) },
        { topic: 'catalog.events', onRecord: (events) => refreshRules(views, events) },
      ],
      jobs: [expireReservations(database, seats), releaseCalledOff(database, seats)],
      async stop() {
        await seats.stop();
        views.stop();
      },
    };
  },
};

function refreshRules(views: SeatViews, events: readonly DomainEvent[]): void {
  for (const { data } of events) if ('eventId' in data && 'revision' in data) views.refresh(data.eventId, data.revision);
}
