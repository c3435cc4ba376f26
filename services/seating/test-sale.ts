import { pino } from 'pino';
import { newId } from '../../contracts/ids.ts';
import type { DomainEvent } from '../../contracts/events/domain-event.ts';
import type { OpenDatabase } from '../../platform/postgres/pool.ts';
import { createMetrics } from '../../platform/telemetry/metrics.ts';
import type { BulkSeatsBody } from '../../contracts/http/seating.ts';
import type { Database } from '../../platform/postgres/database.ts';
import type { Selection } from './domain/decide-reserve.ts';
import type { Refusal, Success } from './domain/decide.ts';
import { importJson } from './domain/import-json.ts';
import { createSeatViews } from './reads/views.ts';
import { createLayoutCache } from './store/layout-cache.ts';
import { upsertSales } from './store/sales.ts';
import { createChoosers } from './writes/choosers.ts';
import { addSections } from './writes/layout-writer.ts';
import { createSeats } from './writes/seats.ts';

export const MIGRATIONS = [new URL('../../platform/migrations/', import.meta.url), new URL('./migrations/', import.meta.url)];

export type SaleOptions = {
  maxTicketsPerUser?: number;
  holdTtlSeconds?: number;
  status?: string;
  onSaleAt?: Date;
  endDate?: Date;
};

/** One seating process in small: the writer and the views on a database, without HTTP. For tests. */
export function seatingOn(database: Database | OpenDatabase) {
  const layouts = createLayoutCache();
  const views = createSeatViews(database, layouts, pino({ level: 'silent' }));
  const published: DomainEvent[] = [];
  const onCommitted = (events: readonly DomainEvent[]): void => {
    published.push(...events);
    views.offer(events);
  };
  const seats = createSeats(
    { database, layouts, choosers: createChoosers(), defaultTtlSeconds: 900, onCommitted },
    createMetrics(),
  );

  async function openSale(sections: BulkSeatsBody['sections'], options: SaleOptions = {}): Promise<string> {
    const eventId = newId('event');
    const now = Date.now();
    await upsertSales(database, [
      {
        eventId,
        revision: 1,
        venueId: newId('venue'),
        venueName: 'Hall',
        city: 'Utrecht',
        country: 'NL',
        name: 'Evening',
        eventType: 'CONCERT',
        status: options.status ?? 'UPCOMING',
        organizerId: newId('user'),
        startDate: new Date(now + 86_400_000).toISOString(),
        endDate: (options.endDate ?? new Date(now + 90_000_000)).toISOString(),
        timezone: 'UTC',
        onSaleAt: (options.onSaleAt ?? new Date(now - 1_000)).toISOString(),
        offSaleAt: null,
        currency: 'EUR',
        holdTtlSeconds: options.holdTtlSeconds ?? null,
        maxTicketsPerUser: options.maxTicketsPerUser ?? 10,
      },
    ]);
    const imported = importJson(sections);
    if (!imported.ok) throw new Error(JSON.stringify(imported.problems));
    const added = await addSections({ database, layouts, onCommitted }, eventId, imported.layout, undefined);
    if (!added.ok) throw new Error(added.code);
    return eventId;
  }

  async function ask(command: Parameters<typeof seats.submit>[0]['command']): Promise<Success | Refusal> {
    const answer = await seats.submit({ command, traceparent: undefined, idempotency: null });
    if (answer.kind === 'replay') throw new Error('nothing was asked with a key');
    return answer.answer;
  }

  function reserve(eventId: string, selection: Selection, userId = newId('user')): Promise<Success | Refusal> {
    return ask({ type: 'reserve', eventId, userId, reservationId: newId('reservation'), selection });
  }

  return { seats, views, layouts, published, openSale, ask, reserve, onCommitted };
}

export const rowOf = (seats: number): BulkSeatsBody['sections'] => [
  { section: 'Stalls', kind: 'SEATED', priceCents: 5_000, rows: [{ row: 'A', seats }] },
];

export const standing = (capacity: number): BulkSeatsBody['sections'] => [
  { section: 'Floor', kind: 'GENERAL_ADMISSION', priceCents: 2_000, capacity },
];
