import type { Static, TSchema } from 'typebox';
import { analyticsEvents } from './analytics.ts';
import { bookingEvents } from './booking.ts';
import { catalogEvents } from './catalog.ts';
import { notificationEvents } from './notification.ts';
import { paymentEvents } from './payment.ts';
import { seatEvents } from './seat.ts';
import { userEvents } from './user.ts';

/** Every topic with the domain events that go on it. The key of a topic is the id of the aggregate named here. */
export const TOPICS = {
  'user.events': { key: 'userId', events: userEvents },
  'catalog.events': { key: 'eventId', events: catalogEvents },
  'seat.events': { key: 'eventId', events: seatEvents },
  'booking.events': { key: 'orderId', events: bookingEvents },
  'payment.events': { key: 'orderId', events: paymentEvents },
  'notification.events': { key: 'userId', events: notificationEvents },
  'analytics.events': { key: 'eventId', events: analyticsEvents },
} as const;

export type Topic = keyof typeof TOPICS;

const EVENTS = {
  ...userEvents,
  ...catalogEvents,
  ...seatEvents,
  ...bookingEvents,
  ...paymentEvents,
  ...notificationEvents,
  ...analyticsEvents,
};

export type DomainEventType = keyof typeof EVENTS;
type DataOf<D> = D extends { data: infer S extends TSchema } ? Static<S> : never;
export type DomainEventData<T extends DomainEventType> = DataOf<(typeof EVENTS)[T]>;

/** A past-tense fact on the event log, as a CloudEvents 1.0 JSON object (https://cloudevents.io). */
export type DomainEvent<T extends DomainEventType = DomainEventType> = {
  [K in T]: {
    specversion: '1.0';
    /** UUIDv7. Consumers remember it: the same id a second time changes nothing. */
    id: string;
    /** The service that says so, e.g. `/onsale/seating`. */
    source: string;
    type: K;
    /** The id of the aggregate; also the key on the topic. */
    subject: string;
    /** RFC 3339 UTC. */
    time: string;
    datacontenttype: 'application/json';
    /** Schema and its version, e.g. `/schemas/seat.reserved/1`. */
    dataschema: string;
    /** W3C trace context of the request that caused it. */
    traceparent?: string;
    data: DomainEventData<K>;
  };
}[T];

/** The schema version that this program writes of a type. */
export function eventVersion(type: DomainEventType): number {
  return EVENTS[type].version;
}
