import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { DomainEvent } from '../../../contracts/events/domain-event.ts';
import type { Database } from '../../../platform/postgres/database.ts';
import type { LayoutCache } from '../store/layout-cache.ts';
import { readSale } from '../store/sales.ts';
import { readView } from '../store/views.ts';
import { createEventFeed, type EventFeed } from './event-feed.ts';
import { createEventView, type EventView } from './event-view.ts';
import { createPace } from './fan-out.ts';

const MAX_VIEWS = 2_000;
/** How long a version may be missing before the view is read again: a commit of another process that the log has not brought yet. */
const MAX_GAP_MS = 500;
const MAX_LOAD_ATTEMPTS = 5;

export type SeatViews = {
  /** The feed of an event's seats, read from the database the first time; null when no such event is on sale. */
  get(eventId: string): Promise<EventFeed | null>;
  /** The same without waiting, where it has been read already. */
  loaded(eventId: string): EventFeed | null;
  /** As `get`, but read from the database just now: for whoever has changed the layout a moment ago. */
  fresh(eventId: string): Promise<EventFeed | null>;
  /** Seat events that were committed: by this process right after its commit, by all processes from the log. */
  offer(events: readonly DomainEvent[]): void;
  /** The catalog changed the rules of an event's sale: they are read again once they are known here. */
  refresh(eventId: string, revision: number): void;
  stop(): void;
};

type Entry = {
  feed: Promise<EventFeed | null>;
  /** Set once loaded. */
  loaded: EventFeed | null;
  /** What is offered while the view is read waits here: what is read may be from before or after it, never from before the feed. */
  early: DomainEvent[];
  gapTimer: NodeJS.Timeout | null;
  reloading: boolean;
  usedAt: number;
};

/** Views of events by id, the least recently asked for dropped first unless somebody listens to it. */
export function createSeatViews(database: Database, layouts: LayoutCache, logger: Logger): SeatViews {
  const entries = new Map<string, Entry>();
  const pace = createPace();
  let uses = 0;
  let stopped = false;

  function used(eventId: string): Entry | undefined {
    const entry = entries.get(eventId);
    if (entry) entry.usedAt = ++uses;
    return entry;
  }

  async function get(eventId: string): Promise<EventFeed | null> {
    const known = used(eventId);
    if (known) return known.feed;
    const usedAt = ++uses;
    const entry: Entry = { feed: Promise.resolve(null), loaded: null, early: [], gapTimer: null, reloading: false, usedAt };
    entry.feed = load(eventId, entry);
    entries.set(eventId, entry);
    dropOldest();
    return entry.feed;
  }

  async function load(eventId: string, entry: Entry): Promise<EventFeed | null> {
    try {
      const view = await readConsistently(database, layouts, eventId);
      if (!view) {
        entries.delete(eventId);
        return null;
      }
      entry.loaded = createEventFeed(view, pace);
      deliver(eventId, entry, []);
      return entry.loaded;
    } catch (error) {
      entries.delete(eventId);
      throw error;
    }
  }

  function offer(events: readonly DomainEvent[]): void {
    // A record of the log may hold what was written together for several events, whose versions are alike.
    for (const [eventId, ofEvent] of Map.groupBy(events, ({ subject }) => subject)) {
      const entry = entries.get(eventId);
      if (entry) deliver(eventId, entry, ofEvent);
    }
  }

  function deliver(eventId: string, entry: Entry, events: readonly DomainEvent[]): void {
    if (!entry.loaded || entry.reloading) {
      for (const event of events) entry.early.push(event);
      return;
    }
    const { early } = entry;
    entry.early = [];
    const outcome = entry.loaded.offer([...early, ...events]);
    if (outcome !== 'waiting' && entry.gapTimer) {
      clearTimeout(entry.gapTimer);
      entry.gapTimer = null;
    }
    if (outcome === 'reload') void reload(eventId, entry);
    if (outcome === 'waiting') entry.gapTimer ??= setTimeout(() => void reload(eventId, entry), MAX_GAP_MS).unref();
  }

  async function reload(eventId: string, entry: Entry): Promise<void> {
    if (entry.reloading || !entry.loaded) return;
    entry.reloading = true;
    entry.gapTimer = null;
    try {
      const view = await readConsistently(database, layouts, eventId);
      if (view && view.version() >= entry.loaded.view().version()) entry.loaded.replace(view);
    } catch (error) {
      logger.warn({ err: error, eventId }, 'seats could not be read again; trying once more in a moment');
      entry.gapTimer = setTimeout(() => void reload(eventId, entry), MAX_GAP_MS).unref();
    } finally {
      entry.reloading = false;
    }
    if (!entry.gapTimer) deliver(eventId, entry, []);
  }

  /** This service's own consumer may be behind the log's tail by a moment. */
  async function refresh(eventId: string, revision: number): Promise<void> {
    for (let attempt = 1; attempt <= MAX_LOAD_ATTEMPTS; attempt++) {
      const entry = entries.get(eventId);
      if (!entry || stopped) return;
      const sale = await readSale(database, eventId).catch(() => null);
      if (sale && entry.loaded?.learn(sale) === false) await reload(eventId, entry);
      if ((entry.loaded?.view().sale.revision ?? 0) >= revision) return;
      await delay(MAX_GAP_MS, undefined, { ref: false });
    }
  }

  async function fresh(eventId: string): Promise<EventFeed | null> {
    const feed = await get(eventId);
    const view = feed && (await readConsistently(database, layouts, eventId));
    if (feed && view && view.version() > feed.view().version()) feed.replace(view);
    return feed;
  }

  function dropOldest(): void {
    if (entries.size <= MAX_VIEWS) return;
    let oldest: [eventId: string, entry: Entry] | null = null;
    for (const one of entries) {
      const [, { loaded, usedAt }] = one;
      if (loaded?.readers() === 0 && usedAt < (oldest?.[1].usedAt ?? Infinity)) oldest = one;
    }
    if (oldest) entries.delete(oldest[0]);
  }

  return {
    get,
    loaded: (eventId) => used(eventId)?.loaded ?? null,
    fresh,
    offer,
    refresh: (eventId, revision) => void refresh(eventId, revision),
    stop() {
      stopped = true;
      for (const entry of entries.values()) if (entry.gapTimer) clearTimeout(entry.gapTimer);
      entries.clear();
    },
  };
}

/** The layout is read apart from the statuses, so both are read again when it changed in between. */
async function readConsistently(database: Database, layouts: LayoutCache, eventId: string): Promise<EventView | null> {
  for (let attempt = 1; attempt <= MAX_LOAD_ATTEMPTS; attempt++) {
    const stored = await readView(database, eventId);
    if (!stored) return null;
    const layout = await layouts.get(database, eventId, stored.layoutVersion);
    const sale = await readSale(database, eventId);
    if (sale?.layoutVersion !== stored.layoutVersion) continue;
    return createEventView({
      sale: { ...sale, version: stored.version },
      layout,
      statuses: stored.statuses,
      places: stored.places,
    });
  }
  throw new Error(`The layout of ${eventId} changed ${MAX_LOAD_ATTEMPTS} times while it was read.`);
}
