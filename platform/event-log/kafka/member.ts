import { setTimeout as delay } from 'node:timers/promises';
import { Consumer } from '@platformatic/kafka';
import { clientOptions, type KafkaLogOptions } from './options.ts';
import type { Position } from './reader.ts';

/** One member of a consumer group. Once `lost` it is of no use any more. */
export type Member = {
  /** Grows each time the group has divided its partitions anew: then offsets are to be asked for again. */
  round(): number;
  owns(topic: string, partition: number): boolean;
  /** The committed offsets of what it owns; -1 where the group never committed any. */
  committed(): Promise<Position[]>;
  commit(positions: readonly Position[]): Promise<void>;
  /** While this runs, partitions that it was read from are not given to others, within reason. */
  busyWith(work: Promise<unknown>): void;
  /** Aborted when partitions are being divided anew; a new one after each `round`. */
  rebalancing(): AbortSignal;
  lost: AbortSignal;
  leave(): Promise<void>;
};

/** The shortest that brokers allow: so soon do others take over from a process that was killed. */
const SESSION_MS = 6_000;
const HEARTBEAT_MS = 1_000;
const REBALANCE_MS = 15_000;
/** Below the session: who waits for a batch to end sends no heartbeats. */
const HAND_OVER_WITHIN_MS = 3_000;

/** Joins a group, whose partitions are divided cooperatively: what a member keeps it goes on reading meanwhile. */
export async function joinGroup(options: KafkaLogOptions, group: string, topics: readonly string[]): Promise<Member> {
  const lost = new AbortController();
  let rebalancing = new AbortController();
  let round = 0;
  let atHand: Promise<unknown> = Promise.resolve();
  const client = new Consumer({
    ...clientOptions(options),
    groupId: options.prefix + group,
    sessionTimeout: SESSION_MS,
    rebalanceTimeout: REBALANCE_MS,
    heartbeatInterval: HEARTBEAT_MS,
    protocols: [{ name: 'cooperative-sticky', version: 3 }],
    protocolsMetadata: async () => {
      // Asked for when it joins again, having given up partitions: from then on others may get them.
      await Promise.race([atHand, delay(HAND_OVER_WITHIN_MS, undefined, { ref: false })]);
      return Buffer.alloc(0);
    },
  });
  client.topics.trackAll(...topics);
  client.on('consumer:group:rebalance', () => rebalancing.abort());
  client.on('consumer:group:join', () => {
    round++;
    rebalancing = new AbortController();
  });
  client.on('error', (error: Error) => lost.abort(error));
  client.on('consumer:heartbeat:stalled', ({ lastError }) => lost.abort(lastError));
  try {
    await client.joinGroup({});
  } catch (error) {
    await client.close(true).catch(() => undefined);
    throw error;
  }

  const owned = (): { topic: string; partitions: number[] }[] =>
    (client.assignments ?? []).map(({ topic, partitions }) => ({ topic, partitions: [...partitions] }));
  return {
    round: () => round,
    owns: (topic, partition) =>
      (client.assignments ?? []).some((assigned) => assigned.topic === topic && assigned.partitions.includes(partition)),
    committed: async () => {
      const mine = owned().filter(({ partitions }) => partitions.length > 0);
      if (mine.length === 0) return [];
      const offsets = await client.listCommittedOffsets({ topics: mine });
      return mine.flatMap(({ topic, partitions }) =>
        partitions.map((partition) => ({ topic, partition, offset: offsets.get(topic)?.[partition] ?? -1n })),
      );
    },
    commit: async (positions) => {
      if (positions.length > 0) await client.commit({ offsets: positions.map((position) => ({ ...position, leaderEpoch: -1 })) });
    },
    busyWith: (work) => {
      atHand = work.catch(() => undefined);
    },
    rebalancing: () => rebalancing.signal,
    lost: lost.signal,
    leave: () => client.close(true),
  };
}
