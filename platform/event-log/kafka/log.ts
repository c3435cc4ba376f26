import { Admin } from '@platformatic/kafka';
import type { EventLog, StopListening } from '../port.ts';
import { createAppender } from './append.ts';
import { consume } from './consume.ts';
import { readLag } from './lag.ts';
import { clientOptions, type KafkaLogOptions } from './options.ts';
import { patiently } from './patiently.ts';
import { tailTopic } from './tail.ts';
import { createTopics, reasonOf } from './topics.ts';

export type KafkaLog = EventLog & {
  /** Stops what still listens, then closes every connection. */
  close(): Promise<void>;
};

/** Brokers that start together with the program get this long. */
const CONNECT_WITHIN_MS = 60_000;

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
  try {
    await patiently(
      CONNECT_WITHIN_MS,
      () => createTopics(admin, prefix),
      (error) =>
        logger.warn(
          { reason: reasonOf(error), brokers },
          'The brokers of the event log do not answer yet; they are asked again.',
        ),
    );
  } catch (error) {
    await admin.close();
    throw new Error(`The event log is not ready: ${reasonOf(error)} (KAFKA_BROKERS=${brokers.join(',')})`, { cause: error });
  }
}
