import type { SeatDelta } from '../../../contracts/http/seating.ts';
import type { DomainEvent } from '../../../contracts/events/domain-event.ts';
import { eventFrame } from '../../../platform/http/event-stream.ts';
import { prebuiltFrom, type Prebuilt, type Representation } from '../../../platform/http/prebuilt.ts';
import type { SaleRow } from '../store/sales.ts';
import { createDeltaHistory } from './delta-history.ts';
import type { EventView } from './event-view.ts';
import { createFanOut, type FanOut, type Frames, type Pace } from './fan-out.ts';

/** Versions waiting for an earlier one; beyond it the view is read again. */
const MAX_AHEAD = 1_000;
/** A snapshot is shorter than more changes than these. */
const MAX_CHANGES_SENT = 10_000;
/** Starts of which the frames to the newest version are kept. Nearly all readers are at the same one. */
const MAX_STARTS = 50;

type SeatChange = Extract<DomainEvent, { data: { versionComplete: boolean } }>;

/**
 * An event's view with its readers: takes domain events from this process's own commits and from the log, in any order and more
 * than once, and moves on by whole versions without a gap.
 */
export type EventFeed = Pick<FanOut, 'follow' | 'readers'> & {
  view(): EventView;
  /** Answers `reload` when it cannot go on by itself: the layout changed, or too much is missing. */
  offer(events: readonly DomainEvent[]): 'ok' | 'waiting' | 'reload';
  /** Puts a freshly read view in place. Readers get a snapshot, unless it says what they know. */
  replace(view: EventView): void;
  /** Takes the rules of the sale as they are now; the seats go on as they were. Answers false when its layout is another one. */
  learn(sale: SaleRow): boolean;
  /** Answers about the newest version. */
  readonly status: Prebuilt;
  readonly availability: Prebuilt;
};

export function createEventFeed(initial: EventView, pace: Pace): EventFeed {
  let view = initial;
  const ahead = new Map<number, Map<string, SeatChange>>();
  const history = createDeltaHistory();
  let lastSnapshot: { of: EventView; frames: Frames } | null = null;
  const frames = oncePerVersion(framesBetween);
  const fanOut = createFanOut({ version: () => view.version(), frames }, pace);

  function offer(events: readonly DomainEvent[]): 'ok' | 'waiting' | 'reload' {
    for (const event of events) {
      if (!isChange(event) || event.data.version <= view.version()) continue;
      const { version } = event.data;
      const parts = ahead.get(version) ?? new Map<string, SeatChange>();
      ahead.set(version, parts.set(event.id, event));
    }
    return advance();
  }

  function advance(): 'ok' | 'waiting' | 'reload' {
    for (;;) {
      const events = [...(ahead.get(view.version() + 1)?.values() ?? [])];
      if (ahead.size > MAX_AHEAD || events.some((event) => event.type === 'seats.opened')) return 'reload';
      if (!events.some((event) => event.data.versionComplete)) return ahead.size > 0 ? 'waiting' : 'ok';
      ahead.delete(view.version() + 1);
      history.push(view.apply(events));
      fanOut.changed();
    }
  }

  function replace(fresh: EventView): void {
    const old = view;
    view = fresh;
    for (const version of ahead.keys()) if (version <= fresh.version()) ahead.delete(version);
    if (fresh.sale.layoutVersion === old.sale.layoutVersion && fresh.version() === old.version()) return;
    history.clear();
    fanOut.restart();
  }

  function learn(sale: SaleRow): boolean {
    if (sale.layoutVersion !== view.sale.layoutVersion) return false;
    if (sale.revision > view.sale.revision) view.learn(sale);
    return true;
  }

  function framesBetween(from: number, to: number): Frames {
    const deltas = history.between(from, to);
    const changes = deltas?.reduce((sum, delta) => sum + delta.changes.length, 0) ?? Infinity;
    if (deltas === null || changes > MAX_CHANGES_SENT) return snapshot();
    return { version: to, bytes: Buffer.concat(deltas.map(deltaFrame)) };
  }

  function snapshot(): Frames {
    if (lastSnapshot?.of === view && lastSnapshot.frames.version === view.version()) return lastSnapshot.frames;
    const { version, statuses } = view.statuses();
    const sections = view.availability().seatsBySection.map(({ section, availableSeats }) => ({ section, availableSeats }));
    const data = { version, layoutVersion: view.sale.layoutVersion, statuses, sections };
    const built = { version, bytes: eventFrame({ event: 'snapshot', id: version, data }) };
    lastSnapshot = { of: view, frames: built };
    return built;
  }

  /** `tag` tells apart what has the same version of an event. */
  function perVersion(tag: string, build: () => string | Buffer): Prebuilt {
    let built: { view: EventView; version: number; answer: Representation } | null = null;
    const current = (): Representation => {
      const version = view.version();
      if (built?.view === view && built.version === version) return built.answer;
      built = { view, version, answer: { body: build(), etag: `"${tag}${view.sale.layoutVersion}-${version}"` } };
      return built.answer;
    };
    return prebuiltFrom(current, { effort: 'often' });
  }

  return {
    view: () => view,
    offer,
    replace,
    learn,
    follow: fanOut.follow,
    readers: fanOut.readers,
    status: perVersion('s', () => view.statusJson()),
    availability: perVersion('a', () => JSON.stringify(view.availability())),
  };
}

/** Frames to one version are built once for all who are at the same one. */
function oncePerVersion(build: (from: number, to: number) => Frames): (from: number, to: number) => Frames {
  let target = -1;
  let byStart = new Map<number, Frames>();
  return (from, to) => {
    if (to !== target) {
      target = to;
      byStart = new Map();
    }
    const known = byStart.get(from);
    if (known) return known;
    const built = build(from, to);
    if (byStart.size < MAX_STARTS) byStart.set(from, built);
    return built;
  };
}

function deltaFrame(delta: SeatDelta): Buffer {
  return eventFrame({ event: 'delta', id: delta.version, data: delta });
}

function isChange(event: DomainEvent): event is SeatChange {
  return 'versionComplete' in event.data;
}
