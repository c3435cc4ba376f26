import type { SeatDelta } from '../../../contracts/http/seating.ts';
import type { DomainEvent } from '../../../contracts/events/domain-event.ts';
import { eventFrame } from '../../../platform/http/event-stream.ts';
import type { EventView } from './event-view.ts';

/** Deltas kept for readers that come back: at most this many, and at most this many bytes. */
const MAX_FRAMES = 2_000;
const MAX_FRAME_BYTES = 4_000_000;
/** Versions waiting for an earlier one; beyond it the view is read again. */
const MAX_AHEAD = 1_000;

/** A Server-Sent Event, built once and sent to every reader. */
export type Frame = { version: number; bytes: Buffer };
type Listener = (frame: Frame) => void;

type SeatChange = Extract<DomainEvent, { data: { versionComplete: boolean } }>;

/**
 * An event's view with its readers: takes domain events from this process's own commits and from the log, in any order and more
 * than once, and moves on by whole versions without a gap.
 */
export type EventFeed = {
  view(): EventView;
  /** Answers `reload` when it cannot go on by itself: the layout changed, or too much is missing. */
  offer(events: readonly DomainEvent[]): 'ok' | 'waiting' | 'reload';
  /** Puts a freshly read view in place; readers get a snapshot. */
  replace(view: EventView): void;
  /** The frames after `version`, or null when they are no longer kept. */
  framesSince(version: number): readonly Frame[] | null;
  snapshotFrame(): Frame;
  listen(listener: Listener): () => void;
  listeners(): number;
  statusBytes(): Buffer;
  availabilityBytes(): Buffer;
};

export function createEventFeed(initial: EventView): EventFeed {
  let view = initial;
  const ahead = new Map<number, Map<string, SeatChange>>();
  let frames: Frame[] = [];
  let keptBytes = 0;
  const listeners = new Set<Listener>();
  const statusBytes = perVersion(() => Buffer.from(JSON.stringify(view.statuses())));
  const availabilityBytes = perVersion(() => Buffer.from(JSON.stringify(view.availability())));

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
      emit(deltaFrame(view.apply(events)));
    }
  }

  function emit(frame: Frame): void {
    frames.push(frame);
    keptBytes += frame.bytes.length;
    while (frames.length > MAX_FRAMES || keptBytes > MAX_FRAME_BYTES) keptBytes -= frames.shift()?.bytes.length ?? 0;
    for (const listener of listeners) listener(frame);
  }

  function replace(fresh: EventView): void {
    view = fresh;
    frames = [];
    keptBytes = 0;
    for (const version of ahead.keys()) if (version <= fresh.version()) ahead.delete(version);
    const snapshot = snapshotFrame();
    for (const listener of listeners) listener(snapshot);
  }

  function framesSince(version: number): readonly Frame[] | null {
    const current = view.version();
    if (version === current) return [];
    const oldest = frames[0]?.version;
    if (version > current || oldest === undefined || version < oldest - 1) return null;
    return frames.slice(version - oldest + 1);
  }

  function snapshotFrame(): Frame {
    const { version, statuses } = view.statuses();
    const sections = view.availability().seatsBySection.map(({ section, availableSeats }) => ({ section, availableSeats }));
    const data = { version, layoutVersion: view.sale.layoutVersion, statuses, sections };
    return { version, bytes: eventFrame({ event: 'snapshot', id: version, data }) };
  }

  function perVersion(build: () => Buffer): () => Buffer {
    let built: { view: EventView; version: number; bytes: Buffer } | null = null;
    return () => {
      if (built?.view !== view || built.version !== view.version()) built = { view, version: view.version(), bytes: build() };
      return built.bytes;
    };
  }

  return {
    view: () => view,
    offer,
    replace,
    framesSince,
    snapshotFrame,
    listen(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    listeners: () => listeners.size,
    statusBytes,
    availabilityBytes,
  };
}

function deltaFrame(delta: SeatDelta): Frame {
  return { version: delta.version, bytes: eventFrame({ event: 'delta', id: delta.version, data: delta }) };
}

function isChange(event: DomainEvent): event is SeatChange {
  return 'versionComplete' in event.data;
}
