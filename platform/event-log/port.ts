import type { DomainEvent, Topic } from '../../contracts/events/domain-event.ts';
import type { Database, Tx } from '../postgres/database.ts';

/** What one outbox row becomes on the log. `id` is the row's; appending it twice is once. Events of one key stay in its order. */
export type LogRecord = {
  id: string;
  topic: Topic;
  /** Of all its events, or empty when they are of several: the key of each is its `subject`. */
  key: string;
  /** JSON array of the domain events, in order. Text, because the relay has no reason to look inside. */
  eventsJson: string;
};

/**
 * A consumer group of a service. Events of one key arrive in the order of their commits, each at least once; the platform drops
 * those whose id the group's inbox already has, so `handle` sees each once in effect. Events are shared between the groups of a
 * process: do not change them.
 *
 * An error that says "not now" (a service or a database that does not answer, a lost race) is retried until it works. Any other is
 * retried a few times; then the one event that causes it becomes a dead letter and the events after it go on, also those of its key.
 */
export type Subscription<Prepared = unknown> = {
  /** e.g. `orders.payment-completed`: the service, then what it does. */
  group: string;
  topics: readonly Topic[];
  /** The types it wants; others are skipped without a row in the inbox. */
  types: readonly DomainEvent['type'][];
  /** Of these types, only those for which it says true: it looks at the event alone. */
  wants?(event: DomainEvent): boolean;
  /** Where the inbox is and where `handle`'s transaction runs. */
  database: Database;
  // Methods, not function properties: so a subscription with its own `Prepared` fits into a list of subscriptions.
  /** Calls to other services, outside any transaction. May run again for the same events, so it must be idempotent. */
  prepare?(events: readonly DomainEvent[]): Promise<Prepared>;
  /** Writes, in one transaction with the inbox. It gets the very events that `prepare` got. */
  handle(tx: Tx, events: readonly DomainEvent[], prepared: Prepared): Promise<void>;
};

export type StopListening = () => Promise<void>;

/** How far a consumer group is behind the end of a topic. */
export type ConsumerLag = { group: string; topic: Topic; nextOffset: number; endOffset: number; behind: number };

/** The event log: PostgreSQL tables when embedded, Apache Kafka otherwise. One conformance suite proves both. */
export interface EventLog {
  /** Durable once it resolves. Records keep their order per key. */
  append(records: readonly LogRecord[]): Promise<void>;
  /**
   * Joins the group; a group new to a topic starts with the oldest record there is. Of all processes one at a time reads a topic
   * for a group, or a partition of it where there are several. Stopping finishes the batch at hand.
   */
  subscribe(subscription: Subscription): Promise<StopListening>;
  /** Everything appended to a topic from now on, whole, for live views that every replica needs; no group, no inbox. */
  tail(topic: Topic, onRecord: (events: readonly DomainEvent[]) => void): Promise<StopListening>;
  /** Of every group that has consumed lately, whichever process it runs in. */
  lag(): Promise<ConsumerLag[]>;
}
