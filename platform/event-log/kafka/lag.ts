import { Admin, ListOffsetTimestamps } from '@platformatic/kafka';
import type { Topic } from '../../../contracts/events/domain-event.ts';
import type { ConsumerLag } from '../port.ts';
import { clientOptions, type KafkaLogOptions } from './options.ts';
import { ALL_TOPICS } from './topics.ts';

/**
 * How far each group is behind, over all partitions of a topic. Of the groups that the brokers know: they forget the offsets of one
 * that has had no member for `offsets.retention.minutes`, seven days unless set otherwise.
 */
export async function readLag(admin: Admin, prefix: string): Promise<ConsumerLag[]> {
  const groups = [...(await admin.listGroups()).keys()].filter((id) => id.startsWith(prefix));
  if (groups.length === 0) return [];
  // The ends after the offsets: so nobody is ever ahead of the end.
  const committed = await admin.listConsumerGroupOffsets({ groups });
  const ends = await readEnds(admin, prefix);
  const lag: ConsumerLag[] = [];
  for (const { groupId, topics } of committed) {
    for (const { name, partitions } of topics) {
      const topic = ALL_TOPICS.find((one) => prefix + one === name);
      const read = partitions.filter(({ committedOffset }) => committedOffset >= 0n);
      if (topic === undefined || read.length === 0) continue;
      const nextOffset = read.reduce((sum, { committedOffset }) => sum + Number(committedOffset), 0);
      const endOffset = read.reduce(
        (sum, one) => sum + Number(ends.get(`${name} ${one.partitionIndex}`) ?? one.committedOffset),
        0,
      );
      lag.push({ group: groupId.slice(prefix.length), topic, nextOffset, endOffset, behind: endOffset - nextOffset });
    }
  }
  return lag.toSorted((one, other) => one.group.localeCompare(other.group) || one.topic.localeCompare(other.topic));
}

/** For who wants to know the lag and nothing else of the log. */
export async function withLagReader<T>(
  options: KafkaLogOptions,
  work: (lag: () => Promise<ConsumerLag[]>) => Promise<T>,
): Promise<T> {
  const admin = new Admin(clientOptions(options));
  try {
    return await work(() => readLag(admin, options.prefix));
  } finally {
    await admin.close();
  }
}

async function readEnds(admin: Admin, prefix: string): Promise<Map<string, bigint>> {
  const names = ALL_TOPICS.map((topic: Topic) => prefix + topic);
  const { topics } = await admin.metadata({ topics: names });
  const wanted = [...topics].map(([name, { partitions }]) => ({
    name,
    partitions: partitions.map((_, partitionIndex) => ({ partitionIndex, timestamp: ListOffsetTimestamps.LATEST })),
  }));
  const listed = await admin.listOffsets({ topics: wanted });
  return new Map(
    listed.flatMap(({ name, partitions }) =>
      partitions.map(({ partitionIndex, offset }) => [`${name} ${partitionIndex}`, offset] as const),
    ),
  );
}
