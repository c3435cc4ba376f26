import { setTimeout as delay } from 'node:timers/promises';
import { Admin } from '@platformatic/kafka';
import { backoffMs } from '../backoff.ts';
import type { EventLog, StopListening } from '../port.ts';
import { createAppender } from './append.ts';
import { consume } from './consume.ts';
import { readLag } from './lag.ts';
import { clientOptions, type KafkaLogOptions } from './options.ts';
import { tailTopic } from './tail.ts';
import { createTopics, reasonOf } from './topics.ts';

export type KafkaLog = EventLog & {
  /** Stops what still listens, then closes every connection. */
  close(): Promise<void>;
};

/** Brokers that start together with the program get this long. */
const CONNECT_WITHIN_MS = 60_000;
const BACKOFF_FIRST_MS = 250;
const BACKOFF_MAX_MS = 2_000;

/** The event log on Apache Kafka. Waits a while for the brokers and makes the topics that are missing. */
export async function openKafkaLog(options: KafkaLogOptions): Promise<KafkaLog> {
  const { prefix } = options;
  const admin = new Admin(clientOptions(options));
  await prepareTopics(admin, options);
  const appender = createAppender(options);
  const listening = new Set<StopListening>();

  function listen(stop: StopListening): StopListening {
    const once = async (): Promise<void> => {
      await stop();
      listening.delete(once);
    };
    listening.add(once);
    return once;
  }

  return {
    append: appender.append,
    subscribe: async (subscription) => listen(consume(options, subscription)),
    tail: async (topic, onRecord) => listen(await tailTopic(options, topic, onRecord)),
    lag: () => readLag(admin, prefix),
    close: async () => {
      await Promise.all([...listening].map((stop) => stop()));
      await appender.close();
      await admin.close();
    },
  };
}

async function prepareTopics(admin: Admin, { brokers, prefix, logger }: KafkaLogOptions): Promise<void> {
  const deadlineMs = performance.now() + CONNECT_WITHIN_MS;
  for (let failures = 1; ; failures++) {
    try {
      return await createTopics(admin, prefix);
    } catch (error) {
      if (performance.now() > deadlineMs) {
        await admin.close();
        throw new Error(`The event log is not ready: the brokers of KAFKA_BROKERS=${brokers.join(',')} do not answer.`, {
          cause: error,
        });
      }
      logger.warn({ reason: reasonOf(error), brokers }, 'The brokers of the event log do not answer yet; they are asked again.');
      await delay(backoffMs(failures, BACKOFF_FIRST_MS, BACKOFF_MAX_MS));
    }
  }
}
