import type { CreateEventBody, UpdateEventBody } from '../../contracts/http/catalog.ts';
import { newId } from '../../contracts/ids.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Database, Tx } from '../../platform/postgres/database.ts';
import { isForeignKeyViolation } from '../../platform/postgres/errors.ts';
import { factsOf, publishEvent } from './domain-events.ts';
import { mayEdit, maySee, type Viewer } from './domain/access.ts';
import { decideCreate, decideUpdate, type OrganizedEvent } from './domain/event.ts';
import type { Fault } from './domain/fault.ts';
import type { OtherServices } from './other-services.ts';
import type { EventPlace } from './store/event-place.ts';
import { eventCount, eventPage, type EventFilter } from './store/event-search.ts';
import { deleteEvent, eventById, insertEvent, lockEvent, updateEvent, type EventRow } from './store/events.ts';
import { venueById } from './store/venues.ts';

type Refusal<Code extends string> = { ok: false; code: Code; faults?: Fault[] };
export type EventCreation = { ok: true; event: EventRow } | Refusal<'VENUE_NOT_FOUND' | 'VALIDATION_FAILED'>;
export type EventChange =
  | { ok: true; event: EventRow }
  | Refusal<'EVENT_NOT_FOUND' | 'FORBIDDEN' | 'EVENT_CANCELLED' | 'VENUE_NOT_FOUND' | 'VALIDATION_FAILED'>;
export type EventRemoval =
  { ok: true } | Refusal<'EVENT_NOT_FOUND' | 'FORBIDDEN'> | { ok: false; code: 'EVENT_HAS_ORDERS'; orders: number };
export type EventPage = { items: EventRow[]; next: EventPlace | null };

export type Events = {
  create(body: CreateEventBody, organizerId: string, traceparent: string): Promise<EventCreation>;
  /** Once it resolves, seating sells by the new rules (if it can be reached; else as soon as the domain event arrives there). */
  change(eventId: string, changes: UpdateEventBody, viewer: Viewer, traceparent: string): Promise<EventChange>;
  /** Refused where there are orders or held seats. @throws ApiError `SERVICE_UNAVAILABLE` when orders or seating cannot be asked */
  remove(eventId: string, viewer: Viewer, traceparent: string): Promise<EventRemoval>;
  /** Null also for a draft that is not the viewer's. */
  find(eventId: string, viewer: Viewer | null): Promise<EventRow | null>;
  /** For other services: drafts too. */
  findForServices(eventId: string): Promise<EventRow | null>;
  page(filter: Omit<EventFilter, 'now'>, after: EventPlace | null, limit: number): Promise<EventPage>;
  count(filter: Omit<EventFilter, 'now'>): Promise<number>;
};

type Parts = { database: Database; clock: Clock; wakeRelay: () => void; others: OtherServices };

export function createEvents({ database, clock, wakeRelay, others }: Parts): Events {
  async function create(body: CreateEventBody, organizerId: string, traceparent: string): Promise<EventCreation> {
    const venue = await venueById(database, body.venueId);
    if (venue === null) return { ok: false, code: 'VENUE_NOT_FOUND' };
    const now = clock.now();
    const decision = decideCreate(body, { eventId: newId('event'), organizerId, venue, now });
    if (!decision.ok) return { ok: false, code: 'VALIDATION_FAILED', faults: decision.faults };
    const { event } = decision;
    const creation = await whileVenueStays(() =>
      database.transaction(async (tx): Promise<EventCreation> => {
        await insertEvent(tx, event, now);
        const row = await written(tx, event, now);
        await publishEvent(tx, 'event.created', { facts: factsOf(row, row), at: now, traceparent });
        return { ok: true, event: row };
      }),
    );
    if (creation.ok) wakeRelay();
    return creation;
  }

  async function change(eventId: string, changes: UpdateEventBody, viewer: Viewer, traceparent: string): Promise<EventChange> {
    const venue = changes.venueId === undefined ? null : await venueById(database, changes.venueId);
    if (changes.venueId !== undefined && venue === null) return { ok: false, code: 'VENUE_NOT_FOUND' };
    const now = clock.now();
    const result = await whileVenueStays(() =>
      database.transaction(async (tx): Promise<EventChange> => {
        const before = await lockEvent(tx, eventId, now);
        const refusal = refusalFor(viewer, before);
        if (before === null || refusal !== null) return refusal ?? { ok: false, code: 'EVENT_NOT_FOUND' };
        const decision = decideUpdate(before, changes, venue);
        if (!decision.ok) return decision;
        if (!decision.changed) return { ok: true, event: before };
        await updateEvent(tx, decision.event, now);
        const event = await written(tx, decision.event, now);
        const cancelled = event.status === 'CANCELLED' && before.status !== 'CANCELLED';
        const told = { facts: factsOf(event, event), at: now, traceparent };
        await publishEvent(tx, cancelled ? 'event.cancelled' : 'event.updated', told);
        return { ok: true, event };
      }),
    );
    if (!result.ok) return result;
    wakeRelay();
    await others.tellSeating(factsOf(result.event, result.event), traceparent);
    return result;
  }

  /**
   * First seating ends the sale for good, then the event goes: what is cut off in between is finished by asking again. An order
   * comes from a hold, so once there is none and no sale, no order that could be paid can appear behind our back.
   */
  async function remove(eventId: string, viewer: Viewer, traceparent: string): Promise<EventRemoval> {
    const event = await eventById(database, eventId, clock.now());
    const refusal = refusalFor(viewer, event);
    if (event === null || refusal !== null) return refusal ?? { ok: false, code: 'EVENT_NOT_FOUND' };
    const orders = await others.orderCount(eventId, traceparent);
    if (orders > 0) return { ok: false, code: 'EVENT_HAS_ORDERS', orders };
    const closing = { ...event, revision: event.revision + 1 };
    if (!(await others.closeSale(factsOf(closing, event), traceparent)))
      return { ok: false, code: 'EVENT_HAS_ORDERS', orders: 0 };
    const now = clock.now();
    await database.transaction(async (tx) => {
      const last = await lockEvent(tx, eventId, now);
      if (last === null) return;
      await deleteEvent(tx, eventId);
      const facts = factsOf({ ...last, status: 'CANCELLED', revision: last.revision + 1 }, last);
      if (last.status !== 'CANCELLED') await publishEvent(tx, 'event.cancelled', { facts, at: now, traceparent });
    });
    wakeRelay();
    return { ok: true };
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
    remove,
    find,
    findForServices: (eventId) => eventById(database, eventId, clock.now()),
    page,
    count: (filter) => eventCount(database, { ...filter, now: clock.now() }),
  };
}

function refusalFor(viewer: Viewer, event: EventRow | null): Refusal<'EVENT_NOT_FOUND' | 'FORBIDDEN'> | null {
  if (event === null || !maySee(viewer, event)) return { ok: false, code: 'EVENT_NOT_FOUND' };
  return mayEdit(viewer, event) ? null : { ok: false, code: 'FORBIDDEN' };
}

/** The venue was there a moment ago, and may be deleted before the event refers to it. */
async function whileVenueStays<T>(work: () => Promise<T>): Promise<T | Refusal<'VENUE_NOT_FOUND'>> {
  try {
    return await work();
  } catch (error) {
    if (isForeignKeyViolation(error)) return { ok: false, code: 'VENUE_NOT_FOUND' };
    throw error;
  }
}

async function written(tx: Tx, event: OrganizedEvent, now: Date): Promise<EventRow> {
  const row = await eventById(tx, event.eventId, now);
  if (row === null) throw new Error(`${event.eventId} was written and is not there`);
  return row;
}
