import { Type } from 'typebox';
import { VenueId } from './fields.ts';

/** What other services need to know of an event. `revision` grows with every change; an older one changes nothing. */
export const EventFacts = Type.Object({
  eventId: Type.String(),
  revision: Type.Integer({ minimum: 1 }),
  venueId: Type.String(),
  venueName: Type.String(),
  city: Type.String(),
  country: Type.String(),
  name: Type.String(),
  eventType: Type.String(),
  status: Type.String(),
  organizerId: Type.String(),
  startDate: Type.String({ format: 'date-time' }),
  endDate: Type.String({ format: 'date-time' }),
  timezone: Type.String(),
  onSaleAt: Type.String({ format: 'date-time' }),
  offSaleAt: Type.Union([Type.String({ format: 'date-time' }), Type.Null()]),
  currency: Type.String(),
  holdTtlSeconds: Type.Union([Type.Integer(), Type.Null()]),
  maxTicketsPerUser: Type.Integer({ minimum: 1 }),
});

const VenueFacts = Type.Object({
  venueId: VenueId,
  name: Type.String(),
  city: Type.String(),
  country: Type.String(),
  capacity: Type.Integer(),
});

export const catalogEvents = {
  'event.created': { version: 1, by: 'catalog', summary: 'An event was made; it may still be a draft.', data: EventFacts },
  'event.updated': {
    version: 1,
    by: 'catalog',
    summary: 'Something about an event changed. Everything that is known of it is here.',
    data: EventFacts,
  },
  'event.cancelled': {
    version: 1,
    by: 'catalog',
    summary: 'An event will not take place: sales stop, tickets become void, money goes back.',
    data: EventFacts,
  },
  'venue.created': { version: 1, by: 'catalog', summary: 'A venue was made.', data: VenueFacts },
  'venue.updated': { version: 1, by: 'catalog', summary: 'A venue changed.', data: VenueFacts },
} as const;
