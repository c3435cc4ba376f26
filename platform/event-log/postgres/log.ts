import type { Logger } from 'pino';
import { TOPICS, type Topic } from '../../../contracts/events/domain-event.ts';
import type { Job } from '../../lifecycle/service.ts';
import { sql } from '../../postgres/database.ts';
import { migrate } from '../../postgres/migrate.ts';
import { openDatabase } from '../../postgres/pool.ts';
import type { RetryRules } from '../consumer.ts';
import type { EventLog, StopListening, Subscription } from '../port.ts';
import { appendRecords } from './append.ts';
import { consume, type LogParts } from './consume.ts';
import { createEnds } from './ends.ts';
import { readLag } from './lag.ts';
import { createLeases } from './leases.ts';
import { createOffsets } from './offsets.ts';
import { createTopicReader, type TopicReader } from './reader.ts';
import { retentionJob } from './retention.ts';
import { tailTopic } from './tail.ts';

export type PostgresLogOptions = {
  /** The log's own database; its tables are made here. */
  connectionString: string;
  logger: Logger;
  poolSize: number;
  /** Whether other processes read or append: then batches are announced by NOTIFY. Without it they are found by polling. */
  otherProcesses: boolean;
  /** How handlers that fail are retried; left out in production. */
  retry?: RetryRules;
};

export type PostgresLog = EventLog & {
  /** To be run by one or more processes as long as the log is open. */
  retention: Job;
  /** Stops what still listens, then closes every connection. */
  close(): Promise<void>;
};

export const LOG_MIGRATIONS = new URL('./migrations/', import.meta.url);

const ALL_TOPICS = Object.keys(TOPICS).filter((name): name is Topic => name in TOPICS);

const addTopics = sql('log.add_topics', 'INSERT INTO topic (name) SELECT unnest($1::text[]) ON CONFLICT DO NOTHING');

/** The event log kept in PostgreSQL. Opens its database, brings it up to date and connects. */
export async function openPostgresLog(options: PostgresLogOptions): Promise<PostgresLog> {
  const { connectionString, logger, poolSize, otherProcesses } = options;
  await migrate({ connectionString, directories: [LOG_MIGRATIONS] });
  const database = openDatabase({ connectionString, name: 'event-log', poolSize });
  await database.run(addTopics, [ALL_TOPICS]);

  const ends = createEnds(database, logger);
  const leases = createLeases(connectionString, logger, otherProcesses ? 'log_appended' : null, ends.refresh);
  const offsets = createOffsets(database, logger);
  const readers = new Map<Topic, TopicReader>(ALL_TOPICS.map((topic) => [topic, createTopicReader(database, topic)]));
  const reader = (topic: Topic): TopicReader => readers.get(topic) ?? createTopicReader(database, topic);
  const parts: LogParts = { ends, leases, offsets, reader, logger, retry: options.retry };
  const groups = new Map<symbol, Subscription>();
  const listening = new Set<StopListening>();

  async function subscribe(subscription: Subscription): Promise<StopListening> {
    const { group, topics } = subscription;
    await offsets.register(group, topics);
    const consumers = topics.map((topic) => consume(parts, subscription, topic));
    const id = Symbol(group);
    groups.set(id, subscription);
    return listen(async () => {
      await Promise.all(consumers.map((stop) => stop()));
      groups.delete(id);
    });
  }

  function listen(stop: StopListening): StopListening {
    const once = async (): Promise<void> => {
      await stop();
      listening.delete(once);
    };
    listening.add(once);
    return once;
  }

  async function sayAlive(): Promise<void> {
    for (const { group, topics } of groups.values()) await offsets.register(group, topics);
  }

  return {
    append: async (records) => {
      for (const { topic, end } of await appendRecords(database, records, otherProcesses)) ends.advance(topic, end);
    },
    subscribe,
    tail: async (topic, onRecord) => listen(await tailTopic(parts, topic, onRecord)),
    lag: () => readLag(database),
    retention: retentionJob(database, ALL_TOPICS, sayAlive),
    close: async () => {
      await Promise.all([...listening].map((stop) => stop()));
      await leases.close();
      await ends.close();
      await database.close();
    },
  };
}
