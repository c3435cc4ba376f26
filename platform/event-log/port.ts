import type { DomainEvent, Topic } from '../../contracts/events/domain-event.ts';
import type { Database, Tx } from '../postgres/database.ts';

/** What one outbox row becomes on the log: domain events of one key, in order. `id` is the outbox row's; appending it twice is once. */
export type LogRecord = { id: string; topic: Topic; key: string; events: readonly DomainEvent[] };

/**
 * A consumer group of a service. Events of one key arrive in the order of their commits, each at least once; the platform drops
 * those whose id the group's inbox already has, so `handle` sees each once in effect.
 */
export type Subscription<Prepared = unknown> = {
  /** e.g. `orders.payment-completed`: the service, then what it does. */
  group: string;
  topics: readonly Topic[];
  /** The types it wants; others are skipped without a row in the inbox. */
  types: readonly DomainEvent['type'][];
  /** Where the inbox is and where `handle`'s transaction runs. */
  database: Database;
  /** Calls to other services, outside any transaction. May run again for the same events, so it must be idempotent. */
  prepare?: (events: readonly DomainEvent[]) => Promise<Prepared>;
  /** Writes, in one transaction with the inbox. */
  handle: (tx: Tx, events: readonly DomainEvent[], prepared: Prepared) => Promise<void>;
};

export type StopListening = () => Promise<void>;

/** The event log: PostgreSQL tables when embedded, Apache Kafka otherwise. One conformance suite proves both. */
export interface EventLog {
  /** Durable once it resolves. Records keep their order per key. */
  append(records: readonly LogRecord[]): Promise<void>;
  subscribe(subscription: Subscription): Promise<StopListening>;
  /** Everything appended to a topic from now on, whole, for live views that every replica needs; no group, no inbox. */
  tail(topic: Topic, onRecord: (events: readonly DomainEvent[]) => void): Promise<StopListening>;
}
