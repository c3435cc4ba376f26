import { Type } from 'typebox';

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
  venueId: Type.String(),
  name: Type.String(),
  city: Type.String(),
  country: Type.String(),
  capacity: Type.Integer(),
});

export const catalogEvents = {
  'event.created': { version: 1, data: EventFacts },
  'event.updated': { version: 1, data: EventFacts },
  'event.cancelled': { version: 1, data: EventFacts },
  'venue.created': { version: 1, data: VenueFacts },
  'venue.updated': { version: 1, data: VenueFacts },
} as const;
