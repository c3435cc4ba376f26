import type { DomainEvent } from '../../../contracts/events/domain-event.ts';
import type { SaleRules } from '../domain/sale.ts';
import { appendToOutbox } from '../../../platform/outbox/append.ts';
import { newDomainEvent } from '../../../platform/outbox/new-domain-event.ts';
import type { Database, Tx } from '../../../platform/postgres/database.ts';
import { sectionIndexByName, type Layout } from '../domain/layout.ts';
import { mergeLayouts, type MergeResult } from '../domain/merge-layouts.ts';
import type { LayoutCache } from '../store/layout-cache.ts';
import { insertSections, setCapacity, setSectionPrice } from '../store/layouts.ts';
import { lockSales, setLayout, type SaleRow } from '../store/sales.ts';
import { readPlaces } from '../store/seats.ts';

export type LayoutContext = { database: Database; layouts: LayoutCache; onCommitted: (events: readonly DomainEvent[]) => void };

export type AddResult =
  Exclude<MergeResult, { ok: true }> | { ok: false; code: 'EVENT_NOT_FOUND' } | { ok: true; layout: Layout };

/** Adds sections with all their seats and places, under the event's lock: all of them or none. */
export async function addSections(
  context: LayoutContext,
  eventId: string,
  added: Layout,
  traceparent: string | undefined,
): Promise<AddResult> {
  return underLock<AddResult>(context, eventId, async (tx, sale) => {
    const existing = await context.layouts.get(tx, eventId, sale.layoutVersion);
    const merged = mergeLayouts(existing, added);
    if (!merged.ok) return { result: merged, events: [] };
    await insertSections(tx, eventId, merged.layout, existing.sections.length);
    const more = added.sections.reduce((sum, section) => sum + section.totalSeats, 0);
    const names = added.sections.map((section) => section.name);
    const events = await publishLayout(tx, sale, more, names, traceparent);
    return { result: { ok: true, layout: merged.layout }, events };
  });
}

export type EditResult =
  | { ok: true }
  | { ok: false; code: 'EVENT_NOT_FOUND' | 'SECTION_NOT_FOUND' | 'NOT_GENERAL_ADMISSION' }
  | { ok: false; code: 'CAPACITY_IN_USE'; inUse: number };

/** A price changes what later reservations cost; a capacity never goes below what is reserved and allocated. */
export async function editSection(
  context: LayoutContext,
  eventId: string,
  edit: { section: string; priceCents?: number | undefined; capacity?: number | undefined },
  traceparent: string | undefined,
): Promise<EditResult> {
  return underLock<EditResult>(context, eventId, async (tx, sale) => {
    const layout = await context.layouts.get(tx, eventId, sale.layoutVersion);
    const sectionIndex = sectionIndexByName(layout, edit.section);
    if (sectionIndex === undefined) return { result: { ok: false, code: 'SECTION_NOT_FOUND' }, events: [] };
    const place = (await readPlaces(tx, [eventId])).find((one) => one.sectionIndex === sectionIndex);
    let more = 0;
    if (edit.capacity !== undefined) {
      if (!place) return { result: { ok: false, code: 'NOT_GENERAL_ADMISSION' }, events: [] };
      const inUse = place.reserved + place.allocated;
      if (edit.capacity < inUse) return { result: { ok: false, code: 'CAPACITY_IN_USE', inUse }, events: [] };
      more = edit.capacity - place.capacity;
      await setCapacity(tx, eventId, sectionIndex, edit.capacity);
    }
    if (edit.priceCents !== undefined) await setSectionPrice(tx, eventId, sectionIndex, edit.priceCents);
    return { result: { ok: true }, events: await publishLayout(tx, sale, more, [edit.section], traceparent) };
  });
}

async function underLock<Result extends { ok: boolean }>(
  context: LayoutContext,
  eventId: string,
  work: (tx: Tx, sale: SaleRow) => Promise<{ result: Result; events: DomainEvent[] }>,
): Promise<Result | { ok: false; code: 'EVENT_NOT_FOUND' }> {
  const done = await context.database.transaction(async (tx) => {
    const [sale] = await lockSales(tx, [eventId]);
    return sale ? work(tx, sale) : null;
  });
  if (!done) return { ok: false, code: 'EVENT_NOT_FOUND' };
  if (done.events.length > 0) context.onCommitted(done.events);
  return done.result;
}

async function publishLayout(
  tx: Tx,
  sale: SaleRow,
  more: number,
  sections: string[],
  traceparent: string | undefined,
): Promise<DomainEvent[]> {
  const { eventId } = sale.rules;
  const totalSeats = sale.totalSeats + more;
  const availableSeats = sale.availableSeats + more;
  await setLayout(tx, eventId, totalSeats, availableSeats);
  const event = newDomainEvent({
    type: 'seats.opened',
    source: '/onsale/seating',
    subject: eventId,
    time: new Date().toISOString(),
    traceparent,
    data: {
      eventId,
      version: sale.version + 1,
      versionComplete: true,
      totalSeats,
      availableSeats,
      layoutVersion: sale.layoutVersion + 1,
      sections,
    },
  });
  await appendToOutbox(tx, [{ topic: 'seat.events', key: eventId, events: [event] }]);
  return [event];
}

/** Whether a user may change the seats of an event. */
export function mayManage(rules: SaleRules, user: { userId: string; roles: readonly string[] }): boolean {
  return rules.organizerId === user.userId || user.roles.includes('admin');
}
