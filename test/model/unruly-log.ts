import { pino } from 'pino';
import type { DomainEvent, Topic } from '../../contracts/events/domain-event.ts';
import { deliver } from '../../platform/event-log/consumer.ts';
import { parseEvents } from '../../platform/event-log/parse-events.ts';
import type { EventLog, LogRecord, Subscription } from '../../platform/event-log/port.ts';

/** Which records a group gets next: of `wide` keys from the `pick`th on, `count` each, beginning `again` before those it has had. */
export type Portion = { pick: number; wide: number; count: number; again: number };

export type UnrulyLog = EventLog & {
  /** Whether every group has had everything. */
  isIdle(): boolean;
  /** Delivers a portion to one of the groups, or nothing if none waits. False when the group could not take it now. */
  deliver(portion: Portion, death: AbortSignal): Promise<boolean>;
  forget(): void;
};

type Queue = { topic: Topic; key: string; records: (readonly DomainEvent[])[] };
type Group = { subscription: Subscription; positions: Map<Queue, number> };

/** What says "not now" is tried again for so long; then it waits for a later portion. */
const PATIENCE_MS = 50;
const RETRY = { batchAttempts: 3, eventAttempts: 3, firstMs: 1, maxMs: 1 };

/**
 * An event log that keeps what the port promises and nothing more: events of a key in their order, each at least once. Who gets
 * what, when, with what else in a batch and how often is up to the test. Inbox, retries and dead letters are the program's own.
 */
export function createUnrulyLog(): UnrulyLog {
  const logger = pino({ level: 'silent' });
  const groups: Group[] = [];
  const queues = new Map<string, Queue>();
  const known = new Set<string>();

  function add({ id, topic, key, eventsJson }: LogRecord): void {
    if (known.has(id)) return;
    known.add(id);
    const name = `${topic} ${key}`;
    const queue = queues.get(name) ?? { topic, key, records: [] };
    queues.set(name, queue);
    queue.records.push(parseEvents(eventsJson));
  }

  function hasMore({ subscription, positions }: Group, queue: Queue, again: number): boolean {
    const had = positions.get(queue) ?? 0;
    return subscription.topics.includes(queue.topic) && (had < queue.records.length || (again > 0 && had > 0));
  }

  async function deliverPortion({ pick, wide, count, again }: Portion, death: AbortSignal): Promise<boolean> {
    const all = [...queues.values()];
    const waiting = groups.filter((group) => all.some((queue) => hasMore(group, queue, again)));
    const group = waiting[pick % waiting.length];
    if (group === undefined) return true;
    const open = all.filter((queue) => hasMore(group, queue, again));
    const first = Math.floor(pick / waiting.length) % open.length;
    const chosen = [...open.slice(first), ...open.slice(0, first)].slice(0, wide);
    const parts = chosen.map((queue) => {
      const had = group.positions.get(queue) ?? 0;
      const end = Math.min(had + count, queue.records.length);
      return { queue, end, events: queue.records.slice(Math.max(0, had - again), end).flat() };
    });
    const patience = AbortSignal.timeout(PATIENCE_MS);
    const signal = AbortSignal.any([death, patience]);
    try {
      await deliver(
        group.subscription,
        parts.flatMap(({ events }) => events),
        { logger, signal, retry: RETRY },
      );
    } catch (error) {
      if (!signal.aborted) throw error;
      return false;
    }
    for (const { queue, end } of parts) group.positions.set(queue, end);
    return true;
  }

  return {
    append: async (records) => records.forEach(add),
    subscribe: async (subscription) => {
      groups.push({ subscription, positions: new Map() });
      return () => Promise.resolve();
    },
    // Live views need no log here: they heal by themselves, which seating's own model shows.
    tail: () => Promise.resolve(() => Promise.resolve()),
    lag: () => Promise.resolve([]),
    isIdle: () => !groups.some((group) => [...queues.values()].some((queue) => hasMore(group, queue, 0))),
    deliver: deliverPortion,
    forget: () => {
      queues.clear();
      known.clear();
      for (const { positions } of groups) positions.clear();
    },
  };
}
