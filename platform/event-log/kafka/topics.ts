import { findErrorBy, FindCoordinatorKeyTypes, type Admin } from '@platformatic/kafka';
import { TOPICS, type Topic } from '../../../contracts/events/domain-event.ts';
import { patiently } from './patiently.ts';

export const ALL_TOPICS = Object.keys(TOPICS).filter((name): name is Topic => name in TOPICS);

const PARTITIONS = 12;
const KNOWN_WITHIN_MS = 10_000;
const KEEP_MS = 7 * 86_400_000;
/** One broker down must stop nobody, and what is acknowledged must be on two. */
const REPLICAS = 3;
const IN_SYNC_REPLICAS = 2;

/** Makes the topics that are missing. Those that are there stay as they are: whoever made them may have had reasons. */
export async function createTopics(admin: Admin, prefix: string): Promise<void> {
  const { brokers } = await admin.metadata({ topics: [], forceUpdate: true });
  const replicated = brokers.size >= REPLICAS;
  const configs = {
    'retention.ms': KEEP_MS,
    'cleanup.policy': 'delete',
    'min.insync.replicas': replicated ? IN_SYNC_REPLICAS : 1,
  };
  const wanted = ALL_TOPICS.map((name) => prefix + name);
  const there = new Set(await admin.listTopics());
  const missing = wanted.filter((name) => !there.has(name));
  for (const topic of missing) {
    try {
      await admin.createTopics({
        topics: [topic],
        partitions: PARTITIONS,
        replicas: replicated ? REPLICAS : 1,
        configs: Object.entries(configs).map(([name, value]) => ({ name, value: String(value) })),
      });
    } catch (error) {
      // Another process of ours starts at the same time.
      if (!isError(error, 'TOPIC_ALREADY_EXISTS')) throw error;
    }
  }
  if (missing.length === 0) return;
  // A topic is made before every broker has heard of it.
  await patiently(KNOWN_WITHIN_MS, () => admin.metadata({ topics: wanted, forceUpdate: true }));
  // On a new cluster it is this question that makes brokers ready for groups, which takes them some seconds.
  await patiently(KNOWN_WITHIN_MS, () => admin.findCoordinator({ keyType: FindCoordinatorKeyTypes.GROUP, keys: [prefix] }));
}

/** What went wrong, in a line: the library wraps errors into errors, with the whole answer and a stack each. */
export function reasonOf(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) return reasonOf(error.errors.at(-1));
  return error instanceof Error ? error.message : String(error);
}

/** Whether the broker's answer holds this error of Kafka's protocol. */
export function isError(error: unknown, apiId: string): boolean {
  return error instanceof Error && findErrorBy(error, 'apiId', apiId) !== null;
}
