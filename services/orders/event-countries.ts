import type { EventFacts } from '../../contracts/events/catalog.ts';
import type { Static } from 'typebox';
import type { Clock } from '../../platform/clock.ts';
import { countryKey } from '../../platform/config/pricing-file.ts';
import type { ServiceClient } from '../../platform/http/service-client.ts';

/** Catalog is asked again after this, since an event may move to another venue until it is sold. */
const FRESH_FOR_MS = 60_000;
const MAX_EVENTS = 10_000;

export type EventCountries = (eventId: string, traceparent: string) => Promise<string>;

/**
 * The country of an event's venue, by which it is priced: catalog says so, when it is asked. What it said last is used again for a
 * minute, and for as long as catalog is away.
 */
export function createEventCountries(deps: { services: ServiceClient; clock: Clock }): EventCountries {
  const known = new Map<string, { country: string; askedAtMs: number }>();

  return async (eventId, traceparent) => {
    const before = known.get(eventId);
    const nowMs = deps.clock.now().getTime();
    if (before !== undefined && nowMs - before.askedAtMs < FRESH_FOR_MS) return before.country;
    try {
      const path = `/internal/events/${eventId}`;
      const facts = await deps.services.call<Static<typeof EventFacts>>('catalog', path, { traceparent });
      const country = countryKey(facts.country);
      keep(eventId, { country, askedAtMs: nowMs });
      return country;
    } catch (error) {
      if (before === undefined) throw error;
      return before.country;
    }
  };

  function keep(eventId: string, answer: { country: string; askedAtMs: number }): void {
    known.delete(eventId);
    known.set(eventId, answer);
    const [oldest] = known.keys();
    if (known.size > MAX_EVENTS && oldest !== undefined) known.delete(oldest);
  }
}
