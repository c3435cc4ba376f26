import type { Logger } from 'pino';
import type { Settings } from '../config/settings.ts';
import { inboxPurgeJob } from '../event-log/inbox.ts';
import type { EventLog } from '../event-log/port.ts';
import { openPostgresLog } from '../event-log/postgres/log.ts';
import { purgeIdempotencyKeys } from '../idempotency/purge.ts';
import { startRelay } from '../outbox/relay.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import type { Assembled } from './assemble.ts';
import { startJob } from './jobs.ts';
import type { DatabaseAddresses } from './postgres-server.ts';
import { allSettled, type Teardown } from './teardown.ts';

const LOG_POOL_SIZE = 4;
const DRAIN_MS = 15_000;
const LAG_EVERY_MS = 10_000;

type LogOptions = {
  settings: Settings;
  addresses: DatabaseAddresses;
  logger: Logger;
  metrics: Metrics;
  teardown: Teardown;
};

/** Opens the event log: Apache Kafka where brokers are named, else PostgreSQL tables in a database of their own. */
export async function openLog(options: LogOptions): Promise<EventLog> {
  const { settings, logger, metrics, teardown } = options;
  const log = settings.kafka === null ? await openLogOnPostgres(options) : await openLogOnKafka(settings.kafka, options);
  const behind = metrics.gauge('onsale_consumer_lag', 'Records that a consumer group has yet to handle', ['group', 'topic']);
  const measure = async (): Promise<void> => {
    for (const one of await log.lag()) behind.set(one.behind, { group: one.group, topic: one.topic });
  };
  const measuring = startJob(
    { name: 'event-log.lag', everyMs: LAG_EVERY_MS, run: measure },
    { service: 'event-log', logger, metrics },
  );
  teardown.add('lag of the event log', measuring.stop);
  return log;
}

async function openLogOnKafka(kafka: NonNullable<Settings['kafka']>, { logger, teardown }: LogOptions): Promise<EventLog> {
  // Loaded only here: who runs without Kafka does not wait for its client.
  const { openKafkaLog } = await import('../event-log/kafka/log.ts');
  const log = await openKafkaLog({ ...kafka, logger: logger.child({ service: 'event-log' }) });
  teardown.add('event log', () => log.close(), DRAIN_MS);
  return log;
}

async function openLogOnPostgres(options: LogOptions): Promise<EventLog> {
  const { settings, logger, metrics, teardown } = options;
  const connectionString = await options.addresses('event-log', 'logdb');
  const log = await openPostgresLog({
    connectionString,
    logger: logger.child({ service: 'event-log' }),
    poolSize: Math.min(LOG_POOL_SIZE, settings.database.poolSize),
    // The embedded server belongs to this one process; on another there may be more of us.
    otherProcesses: !settings.database.embedded,
  });
  teardown.add('event log', () => log.close(), DRAIN_MS);
  const retention = startJob(log.retention, { service: 'event-log', logger, metrics });
  teardown.add('retention of the event log', retention.stop);
  return log;
}

/** Puts services to work: their start, the relays of their outboxes, what they consume, their jobs. */
export async function runServices(
  assembled: readonly Assembled[],
  log: EventLog,
  options: { metrics: Metrics; teardown: Teardown },
): Promise<void> {
  const { metrics, teardown } = options;
  for (const { name, service } of assembled) {
    if (service.stop !== undefined) teardown.add(name, async () => service.stop?.());
  }
  await allSettled(assembled.map(async ({ service }) => service.start?.()));
  for (const one of assembled) startRelayOf(one, log, teardown);
  await allSettled(assembled.map((one) => listen(one, log, teardown)));
  await allSettled(assembled.map(async ({ service }) => service.beforeReady?.()));
  for (const { name, service, database, logger } of assembled) {
    const jobs = [
      ...(service.jobs ?? []),
      ...(database === null ? [] : [purgeIdempotencyKeys(database.pool), inboxPurgeJob(database.pool)]),
    ];
    for (const job of jobs) teardown.add(`${name}: ${job.name}`, startJob(job, { service: name, logger, metrics }).stop);
  }
}

function startRelayOf({ name, database, logger, relay }: Assembled, log: EventLog, teardown: Teardown): void {
  if (database === null) return;
  const started = startRelay({ name, connectionString: database.connectionString, log, logger });
  relay.wake = started.wake;
  teardown.add(`relay of ${name}`, started.stop, DRAIN_MS);
}

async function listen({ name, service }: Assembled, log: EventLog, teardown: Teardown): Promise<void> {
  for (const tail of service.tails ?? []) {
    teardown.add(`${name}: tail of ${tail.topic}`, await log.tail(tail.topic, tail.onRecord));
  }
  for (const subscription of service.subscriptions ?? []) {
    teardown.add(subscription.group, await log.subscribe(subscription), DRAIN_MS);
  }
}
