import type { DomainEventData } from '../../contracts/events/domain-event.ts';
import { appendToOutbox } from '../../platform/outbox/append.ts';
import { newDomainEvent } from '../../platform/outbox/new-domain-event.ts';
import type { Tx } from '../../platform/postgres/database.ts';
import type { OrganizedEvent } from './domain/event.ts';
import type { VenueRow } from './store/venues.ts';

const SOURCE = '/onsale/catalog';

/** What other services need to know of an event; `status` is its organizer's word, the rest follows from the dates. */
export function factsOf(
  event: OrganizedEvent,
  venue: { venueName: string; city: string; country: string },
): DomainEventData<'event.created'> {
  const {
    eventId,
    revision,
    venueId,
    name,
    eventType,
    status,
    organizerId,
    timezone,
    currency,
    holdTtlSeconds,
    maxTicketsPerUser,
  } = event;
  return {
    eventId,
    revision,
    venueId,
    venueName: venue.venueName,
    city: venue.city,
    country: venue.country,
    name,
    eventType,
    status,
    organizerId,
    startDate: event.startDate.toISOString(),
    endDate: event.endDate.toISOString(),
    timezone,
    onSaleAt: event.onSaleAt.toISOString(),
    offSaleAt: event.offSaleAt?.toISOString() ?? null,
    currency,
    holdTtlSeconds,
    maxTicketsPerUser,
  };
}

type Told = { facts: DomainEventData<'event.created'>; at: Date; traceparent: string };

export function publishEvent(
  tx: Tx,
  type: 'event.created' | 'event.updated' | 'event.cancelled',
  { facts, at, traceparent }: Told,
): Promise<number> {
  const { eventId } = facts;
  const event = newDomainEvent({ type, source: SOURCE, subject: eventId, time: at.toISOString(), traceparent, data: facts });
  return appendToOutbox(tx, [{ topic: 'catalog.events', key: eventId, events: [event] }]);
}

type VenueTold = { venue: VenueRow; at: Date; traceparent: string };

export function publishVenue(
  tx: Tx,
  type: 'venue.created' | 'venue.updated',
  { venue, at, traceparent }: VenueTold,
): Promise<number> {
  const { venueId, name, city, country, capacity } = venue;
  const data = { venueId, name, city, country, capacity };
  const event = newDomainEvent({ type, source: SOURCE, subject: venueId, time: at.toISOString(), traceparent, data });
  return appendToOutbox(tx, [{ topic: 'catalog.events', key: venueId, events: [event] }]);
}
