import { DEFAULT_CURRENCY, DEFAULT_MAX_TICKETS_PER_USER } from '../../../contracts/http/catalog.ts';
import type { CreateEventBody, EventAnswer, EventStatus, UpdateEventBody } from '../../../contracts/http/catalog.ts';
import { readTime, type Fault } from './fault.ts';
import { isCurrency, isTimezone } from './known-names.ts';

/** An event as its organizer decided it. What people see of `status` also depends on the time. */
export type OrganizedEvent = {
  eventId: string;
  venueId: string;
  organizerId: string;
  name: string;
  description: string;
  eventType: EventAnswer['eventType'];
  startDate: Date;
  endDate: Date;
  status: EventStatus;
  currency: string;
  basePriceCents: number;
  onSaleAt: Date;
  offSaleAt: Date | null;
  timezone: string;
  holdTtlSeconds: number | null;
  maxTicketsPerUser: number;
  revision: number;
};

export type CreateDecision = { ok: true; event: OrganizedEvent } | { ok: false; faults: Fault[] };

export type CreateFacts = { eventId: string; organizerId: string; venue: { venueId: string; timezone: string }; now: Date };

/** A new event. Unless told otherwise buyers see it at once and its sale is open from now on. */
export function decideCreate(body: CreateEventBody, { eventId, organizerId, venue, now }: CreateFacts): CreateDecision {
  const faults: Fault[] = [];
  const times = readTimes(body, { onSaleAt: now, offSaleAt: null }, faults);
  const currency = body.currency ?? DEFAULT_CURRENCY;
  const timezone = body.timezone ?? venue.timezone;
  if (!isCurrency(currency)) faults.push({ path: '$.currency', message: 'is not a currency of ISO 4217' });
  if (!isTimezone(timezone)) faults.push({ path: '$.timezone', message: 'is not a time zone of the IANA database' });
  const { startDate, endDate, onSaleAt, offSaleAt } = times;
  if (faults.length > 0 || startDate === null || endDate === null || onSaleAt === null) return { ok: false, faults };
  const event: OrganizedEvent = {
    eventId,
    venueId: venue.venueId,
    organizerId,
    name: body.name,
    description: body.description ?? '',
    eventType: body.eventType,
    startDate,
    endDate,
    status: body.status ?? 'UPCOMING',
    currency,
    basePriceCents: body.basePriceCents ?? 0,
    onSaleAt,
    offSaleAt,
    timezone,
    holdTtlSeconds: body.holdTtlSeconds ?? null,
    maxTicketsPerUser: body.maxTicketsPerUser ?? DEFAULT_MAX_TICKETS_PER_USER,
    revision: 1,
  };
  return { ok: true, event };
}

export type UpdateDecision =
  | { ok: true; event: OrganizedEvent; changed: boolean }
  | { ok: false; code: 'EVENT_CANCELLED' }
  | { ok: false; code: 'VALIDATION_FAILED'; faults: Fault[] };

/**
 * The event after an organizer's change. `changed` is false when everything was so already; its revision stays then. A move to
 * another `venue` brings that one's time zone, unless told otherwise.
 */
export function decideUpdate(
  event: OrganizedEvent,
  changes: UpdateEventBody,
  venue: { venueId: string; timezone: string } | null,
): UpdateDecision {
  const faults: Fault[] = [];
  const times = readTimes(changes, event, faults);
  const status = changes.status ?? event.status;
  const moved = venue !== null && venue.venueId !== event.venueId ? venue : null;
  const timezone = changes.timezone ?? moved?.timezone ?? event.timezone;
  if (!isTimezone(timezone)) faults.push({ path: '$.timezone', message: 'is not a time zone of the IANA database' });
  if (event.status !== 'DRAFT' && status === 'DRAFT') {
    faults.push({ path: '$.status', message: 'cannot become DRAFT again: buyers may have seen it and hold tickets' });
  }
  const { startDate, endDate, onSaleAt, offSaleAt } = times;
  if (faults.length > 0 || startDate === null || endDate === null || onSaleAt === null) {
    return { ok: false, code: 'VALIDATION_FAILED', faults };
  }
  const after: OrganizedEvent = {
    ...event,
    venueId: moved?.venueId ?? event.venueId,
    name: changes.name ?? event.name,
    description: changes.description ?? event.description,
    eventType: changes.eventType ?? event.eventType,
    startDate,
    endDate,
    status,
    basePriceCents: changes.basePriceCents ?? event.basePriceCents,
    onSaleAt,
    offSaleAt,
    timezone,
    holdTtlSeconds: changes.holdTtlSeconds === undefined ? event.holdTtlSeconds : changes.holdTtlSeconds,
    maxTicketsPerUser: changes.maxTicketsPerUser ?? event.maxTicketsPerUser,
  };
  // Times are compared by value; everything in an event has a JSON form.
  if (JSON.stringify(after) === JSON.stringify(event)) return { ok: true, event, changed: false };
  if (event.status === 'CANCELLED') return { ok: false, code: 'EVENT_CANCELLED' };
  return { ok: true, event: { ...after, revision: event.revision + 1 }, changed: true };
}

type TimeFields = { startDate?: string; endDate?: string; onSaleAt?: string; offSaleAt?: string | null };
type Times = { startDate: Date | null; endDate: Date | null; onSaleAt: Date | null; offSaleAt: Date | null };

/** The times after a change, checked against one another; null where there is none or it has a fault. */
function readTimes(sent: TimeFields, before: Partial<Times>, faults: Fault[]): Times {
  const read = (field: keyof TimeFields): Date | null => {
    const text = sent[field];
    if (text === undefined) return before[field] ?? null;
    return text === null ? null : readTime(text, `$.${field}`, faults);
  };
  const times = {
    startDate: read('startDate'),
    endDate: read('endDate'),
    onSaleAt: read('onSaleAt'),
    offSaleAt: read('offSaleAt'),
  };
  const { startDate, endDate, onSaleAt, offSaleAt } = times;
  if (startDate !== null && endDate !== null && endDate <= startDate) {
    faults.push({ path: '$.endDate', message: 'must be after startDate' });
  }
  if (onSaleAt !== null && offSaleAt !== null && offSaleAt <= onSaleAt) {
    faults.push({ path: '$.offSaleAt', message: 'must be after onSaleAt' });
  }
  if (sent.onSaleAt !== undefined && onSaleAt !== null && endDate !== null && onSaleAt >= endDate) {
    faults.push({ path: '$.onSaleAt', message: 'must be before endDate' });
  }
  return times;
}
