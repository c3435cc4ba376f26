import type { CreateEventBody, UpdateEventBody } from '../../contracts/http/catalog.ts';
import { newId } from '../../contracts/ids.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Database, Tx } from '../../platform/postgres/database.ts';
import { factsOf, publishEvent } from './domain-events.ts';
import { mayEdit, maySee, type Viewer } from './domain/access.ts';
import { decideCreate, decideUpdate, type OrganizedEvent } from './domain/event.ts';
import type { Fault } from './domain/fault.ts';
import { eventById, eventCount, eventPage, insertEvent, lockEvent, updateEvent } from './store/events.ts';
import type { EventFilter, EventPlace, EventRow } from './store/events.ts';
import { venueById } from './store/venues.ts';

type Refusal<Code extends string> = { ok: false; code: Code; faults?: Fault[] };
export type EventCreation = { ok: true; event: EventRow } | Refusal<'VENUE_NOT_FOUND' | 'VALIDATION_FAILED'>;
export type EventChange =
  { ok: true; event: EventRow } | Refusal<'EVENT_NOT_FOUND' | 'FORBIDDEN' | 'EVENT_CANCELLED' | 'VALIDATION_FAILED'>;
export type EventPage = { items: EventRow[]; next: EventPlace | null };

export type Events = {
  create(body: CreateEventBody, organizerId: string, traceparent: string): Promise<EventCreation>;
  change(eventId: string, changes: UpdateEventBody, viewer: Viewer, traceparent: string): Promise<EventChange>;
  /** Null also for a draft that is not the viewer's. */
  find(eventId: string, viewer: Viewer | null): Promise<EventRow | null>;
  /** For other services: drafts too. */
  findForServices(eventId: string): Promise<EventRow | null>;
  page(filter: Omit<EventFilter, 'now'>, after: EventPlace | null, limit: number): Promise<EventPage>;
  count(filter: Omit<EventFilter, 'now'>): Promise<number>;
};

export function createEvents(parts: { database: Database; clock: Clock; wakeRelay: () => void }): Events {
  const { database, clock, wakeRelay } = parts;

  async function create(body: CreateEventBody, organizerId: string, traceparent: string): Promise<EventCreation> {
    const venue = await venueById(database, body.venueId);
    if (venue === null) return { ok: false, code: 'VENUE_NOT_FOUND' };
    const now = clock.now();
    const decision = decideCreate(body, { eventId: newId('event'), organizerId, venue, now });
    if (!decision.ok) return { ok: false, code: 'VALIDATION_FAILED', faults: decision.faults };
    const { event } = decision;
    const row = await database.transaction(async (tx) => {
      await insertEvent(tx, event, now);
      const facts = factsOf(event, { venueName: venue.name, city: venue.city, country: venue.country });
      await publishEvent(tx, 'event.created', { facts, at: now, traceparent });
      return written(tx, event, now);
    });
    wakeRelay();
    return { ok: true, event: row };
  }

  async function change(eventId: string, changes: UpdateEventBody, viewer: Viewer, traceparent: string): Promise<EventChange> {
    const now = clock.now();
    const result = await database.transaction(async (tx): Promise<EventChange> => {
      const before = await lockEvent(tx, eventId, now);
      if (before === null || !maySee(viewer, before)) return { ok: false, code: 'EVENT_NOT_FOUND' };
      if (!mayEdit(viewer, before)) return { ok: false, code: 'FORBIDDEN' };
      const decision = decideUpdate(before, changes);
      if (!decision.ok) return decision;
      if (!decision.changed) return { ok: true, event: before };
      const { event } = decision;
      await updateEvent(tx, event, now);
      const cancelled = event.status === 'CANCELLED' && before.status !== 'CANCELLED';
      await publishEvent(tx, cancelled ? 'event.cancelled' : 'event.updated', {
        facts: factsOf(event, before),
        at: now,
        traceparent,
      });
      return { ok: true, event: await written(tx, event, now) };
    });
    if (result.ok) wakeRelay();
    return result;
  }

  async function find(eventId: string, viewer: Viewer | null): Promise<EventRow | null> {
    const event = await eventById(database, eventId, clock.now());
    return event !== null && maySee(viewer, event) ? event : null;
  }

  async function page(filter: Omit<EventFilter, 'now'>, after: EventPlace | null, limit: number): Promise<EventPage> {
    const now = clock.now();
    // Later pages keep the first one's idea of what is past, so no event is passed over or shown twice as it ends.
    const asOf = after?.asOf ?? now;
    const rows = await eventPage(database, { ...filter, now }, asOf, after, limit + 1);
    const items = rows.slice(0, limit);
    const last = items.at(-1);
    return { items, next: rows.length > limit && last !== undefined ? { asOf, place: last.place, eventId: last.eventId } : null };
  }

  return {
    create,
    change,
    find,
    findForServices: (eventId) => eventById(database, eventId, clock.now()),
    page,
    count: (filter) => eventCount(database, { ...filter, now: clock.now() }),
  };
}

async function written(tx: Tx, event: OrganizedEvent, now: Date): Promise<EventRow> {
  const row = await eventById(tx, event.eventId, now);
  if (row === null) throw new Error(`${event.eventId} was written and is not there`);
  return row;
}
