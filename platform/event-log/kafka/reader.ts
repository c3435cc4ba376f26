import { Consumer, ListOffsetTimestamps, type KafkaRecord } from '@platformatic/kafka';
import { isError } from './topics.ts';
import { clientOptions, type KafkaLogOptions } from './options.ts';

/** Where to read on in a partition of a topic of Kafka's. */
export type Position = { topic: string; partition: number; offset: bigint };

/** What came of a position; only good while one still wants to read on from there. */
export type Fetched = { from: Position; records: { offset: bigint; record: KafkaRecord }[]; next: bigint };

type FetchResponse = Awaited<ReturnType<Consumer['fetch']>>;

type Answer = { broker: number; fetched: Fetched[] } | { broker: number; error: unknown };

/** Fetches from partitions on a connection of its own: a long poll would keep heartbeats waiting. */
export type Reader = {
  /** Whatever comes first, from whichever broker; nothing after a while. Empty when `signal` is aborted. */
  fetch(positions: readonly Position[], signal: AbortSignal): Promise<Fetched[]>;
  /** Of all partitions, as they are now. */
  ends(which: 'earliest' | 'latest'): Promise<Position[]>;
  close(): Promise<void>;
};

const POLL_MS = 500;
const MAX_BYTES = 1024 * 1024;
const MAX_BYTES_A_PARTITION = 512 * 1024;

export function createReader(options: KafkaLogOptions, topics: readonly string[]): Reader {
  // It never joins the group that the library wants named.
  const client = new Consumer({
    ...clientOptions(options),
    groupId: `${options.prefix}reader`,
    minBytes: 1,
    maxBytes: MAX_BYTES,
    maxWaitTime: POLL_MS,
  });
  client.topics.trackAll(...topics);
  /** By broker: some answer later than others, which must not keep what those have. An answer stays until it is taken. */
  const underWay = new Map<number, Promise<Answer>>();

  async function fetch(positions: readonly Position[], signal: AbortSignal): Promise<Fetched[]> {
    if (signal.aborted) return [];
    const { topics: known } = await client.metadata({ topics: [...topics] });
    const byBroker = Map.groupBy(positions, ({ topic, partition }) => known.get(topic)?.partitions[partition]?.leader ?? -1);
    for (const [broker, wanted] of byBroker) {
      if (underWay.has(broker)) continue;
      const fetching = fetchFrom(broker, wanted, (topic) => known.get(topic)?.id ?? '');
      underWay.set(
        broker,
        fetching.then(
          (fetched) => ({ broker, fetched }),
          (error: unknown) => ({ broker, error }),
        ),
      );
    }
    const aborted = Promise.withResolvers<null>();
    const stop = (): void => aborted.resolve(null);
    signal.addEventListener('abort', stop);
    const answer = await Promise.race([...underWay.values(), aborted.promise]);
    signal.removeEventListener('abort', stop);
    if (answer === null) return [];
    underWay.delete(answer.broker);
    if ('error' in answer) throw answer.error;
    return answer.fetched;
  }

  async function fetchFrom(node: number, positions: readonly Position[], idOf: (topic: string) => string): Promise<Fetched[]> {
    const request = [...Map.groupBy(positions, ({ topic }) => topic)].map(([topic, ofTopic]) => ({
      topicId: idOf(topic),
      partitions: ofTopic.map(({ partition, offset }) => ({
        partition,
        fetchOffset: offset,
        partitionMaxBytes: MAX_BYTES_A_PARTITION,
        currentLeaderEpoch: -1,
        lastFetchedEpoch: -1,
      })),
    }));
    try {
      return read(await client.fetch({ node, topics: request }), positions, idOf);
    } catch (error) {
      if (!isError(error, 'OFFSET_OUT_OF_RANGE')) throw error;
      return moveIntoRange(positions);
    }
  }

  /** Retention has removed what a group had yet to read, or the topic was made anew: what there is begins elsewhere. */
  async function moveIntoRange(positions: readonly Position[]): Promise<Fetched[]> {
    const [first, last] = await Promise.all([ends('earliest'), ends('latest')]);
    const moved: Fetched[] = [];
    for (const from of positions) {
      const isSame = (one: Position): boolean => one.topic === from.topic && one.partition === from.partition;
      const [begin, end] = [first.find(isSame), last.find(isSame)];
      if (begin === undefined || end === undefined || (from.offset >= begin.offset && from.offset <= end.offset)) continue;
      moved.push({ from, records: [], next: begin.offset });
    }
    return moved;
  }

  async function ends(which: 'earliest' | 'latest'): Promise<Position[]> {
    const timestamp = which === 'earliest' ? ListOffsetTimestamps.EARLIEST : ListOffsetTimestamps.LATEST;
    const offsets = await client.listOffsets({ topics: [...topics], timestamp });
    return [...offsets].flatMap(([topic, partitions]) => partitions.map((offset, partition) => ({ topic, partition, offset })));
  }

  return { fetch, ends, close: () => client.close(true) };
}

function read(response: FetchResponse, positions: readonly Position[], idOf: (topic: string) => string): Fetched[] {
  const fetched: Fetched[] = [];
  for (const { topicId, partitions } of response.responses) {
    for (const { partitionIndex, records: batches } of partitions) {
      const from = positions.find(({ topic, partition }) => partition === partitionIndex && idOf(topic) === topicId);
      const last = batches?.at(-1);
      if (from === undefined || batches === null || batches === undefined || last === undefined) continue;
      const records = batches.flatMap((batch) =>
        batch.records.map((record) => ({ offset: batch.firstOffset + BigInt(record.offsetDelta), record })),
      );
      fetched.push({
        from,
        // A batch is given whole, also when one asks for a record in its middle.
        records: records.filter(({ offset }) => offset >= from.offset),
        next: last.firstOffset + BigInt(last.lastOffsetDelta) + 1n,
      });
    }
  }
  return fetched;
}
