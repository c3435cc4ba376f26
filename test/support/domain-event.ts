import type { DomainEvent, DomainEventData, DomainEventType } from '../../contracts/events/domain-event.ts';
import { newDomainEvent } from '../../platform/outbox/new-domain-event.ts';

/** A domain event of now, as another service would have published it. */
export function domainEvent<T extends DomainEventType>(type: T, subject: string, data: DomainEventData<T>): DomainEvent {
  // The union of all events has this one; that follows from T, which the compiler does not resolve.
  return newDomainEvent({ type, source: '/onsale/test', subject, time: new Date().toISOString(), data }) as DomainEvent;
}
