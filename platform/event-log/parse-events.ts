import type { DomainEvent } from '../../contracts/events/domain-event.ts';

/** @throws TypeError for what the outbox cannot have written. Schemas are the publisher's business: this runs for every event. */
export function parseEvents(json: string): readonly DomainEvent[] {
  const parsed: unknown = JSON.parse(json);
  if (!Array.isArray(parsed) || !parsed.every(isDomainEvent))
    throw new TypeError(`Not an array of domain events: ${json.slice(0, 200)}`);
  return parsed;
}

function isDomainEvent(value: unknown): value is DomainEvent {
  return typeof value === 'object' && value !== null && 'id' in value && 'type' in value && 'data' in value;
}
