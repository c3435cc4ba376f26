import { setTimeout as delay } from 'node:timers/promises';
import type { DomainEvent } from '../../../contracts/events/domain-event.ts';
import { backoffMs } from '../backoff.ts';
import { deliver } from '../consumer.ts';
import type { StopListening, Subscription } from '../port.ts';
import { joinGroup, type Member } from './member.ts';
import { toEvent } from './messages.ts';
import type { KafkaLogOptions } from './options.ts';
import { reasonOf } from './topics.ts';
import { createReader, type Fetched, type Position, type Reader } from './reader.ts';

const BACKOFF_FIRST_MS = 100;
const BACKOFF_MAX_MS = 2_000;

/**
 * Reads for one group, as one of its members. Offsets are committed after the handler's transaction: what a crash or a rebalance
 * brings again the inbox knows, also when two members work on the same events for a moment.
 */
export function consume(options: KafkaLogOptions, subscription: Subscription): StopListening {
  const { logger, prefix, retry } = options;
  const { group, types } = subscription;
  const topics = subscription.topics.map((topic) => prefix + topic);
  const wanted = new Set<string>(types);
  const stopping = new AbortController();
  const finished = run();

  async function run(): Promise<void> {
    const reader = createReader(options, topics);
    for (let failures = 0; !stopping.signal.aborted;) {
      let member: Member | null = null;
      try {
        member = await joinGroup(options, group, topics);
        await consumeAs(member, reader, () => (failures = 0));
        if (member.lost.aborted) throw member.lost.reason;
      } catch (error) {
        failures++;
        if (!stopping.signal.aborted)
          logger.warn({ reason: reasonOf(error), group }, 'A consumer group lost its place at the brokers and joins again.');
      }
      await member
        ?.leave()
        .catch((error: unknown) => logger.debug({ reason: reasonOf(error), group }, 'A group was left without a word.'));
      if (!stopping.signal.aborted) await pause(failures);
    }
    await reader.close();
  }

  async function consumeAs(member: Member, reader: Reader, onProgress: () => void): Promise<void> {
    const signal = AbortSignal.any([stopping.signal, member.lost]);
    let positions = new Map<string, Position>();
    let round = 0;
    let undisturbed = signal;
    for (let failures = 0; !signal.aborted;) {
      try {
        if (round !== member.round()) {
          const begun = member.round();
          undisturbed = AbortSignal.any([signal, member.rebalancing()]);
          positions = byPlace(await startingPositions(member, reader));
          round = begun;
        }
        if (positions.size === 0) {
          await delay(BACKOFF_FIRST_MS);
          continue;
        }
        const fetched = await reader.fetch([...positions.values()], signal);
        if (round === member.round()) await handle(fetched, positions, member, undisturbed);
        failures = 0;
        onProgress();
      } catch (error) {
        failures++;
        if (!signal.aborted)
          logger.warn({ reason: reasonOf(error), group }, 'A consumer group could not read the event log and tries again.');
        await pause(failures);
      }
    }
  }

  /** Where the group is. Where it never was it begins with the oldest, and says so: from then on `lag` knows it. */
  async function startingPositions(member: Member, reader: Reader): Promise<Position[]> {
    const committed = await member.committed();
    if (committed.every(({ offset }) => offset >= 0n)) return committed;
    const oldest = byPlace(await reader.ends('earliest'));
    const begun = committed.map((position) => (position.offset >= 0n ? position : (oldest.get(placeOf(position)) ?? position)));
    await member.commit(begun);
    return begun;
  }

  async function handle(
    fetched: readonly Fetched[],
    positions: Map<string, Position>,
    member: Member,
    signal: AbortSignal,
  ): Promise<void> {
    // From here to `busyWith` nothing waits, so that what is owned now is still owned when the work begins.
    const usable = fetched.filter(({ from }) => positions.get(placeOf(from)) === from && member.owns(from.topic, from.partition));
    const events = usable.flatMap(({ records, from }) => records.flatMap(({ offset, record }) => eventOf(record, from, offset)));
    const delivery = delivered(events, signal);
    member.busyWith(delivery);
    if (!(await delivery)) return;
    const reached = usable.map(({ from, next }) => ({ ...from, offset: next }));
    for (const position of reached) positions.set(placeOf(position), position);
    await member.commit(reached);
  }

  function eventOf(record: Parameters<typeof toEvent>[0], { topic, partition }: Position, offset: bigint): DomainEvent[] {
    try {
      const event = toEvent(record, (type) => wanted.has(type));
      return event === null ? [] : [event];
    } catch (error) {
      logger.error(
        { err: error, group, topic, partition, offset: String(offset) },
        'A message on the event log is none of ours.',
      );
      return [];
    }
  }

  /** False when the group was stopped, or divides its partitions anew, between two tries: then the events come again. */
  async function delivered(events: readonly DomainEvent[], signal: AbortSignal): Promise<boolean> {
    try {
      await deliver(subscription, events, { logger, signal, ...(retry ? { retry } : {}) });
      return true;
    } catch (error) {
      if (signal.aborted) return false;
      throw error;
    }
  }

  async function pause(failures: number): Promise<void> {
    const ms = backoffMs(Math.max(1, failures), BACKOFF_FIRST_MS, BACKOFF_MAX_MS);
    await delay(ms, undefined, { signal: stopping.signal }).catch(() => undefined);
  }

  return () => {
    stopping.abort();
    return finished;
  };
}

export function placeOf({ topic, partition }: Position): string {
  return `${topic} ${partition}`;
}

export function byPlace(positions: readonly Position[]): Map<string, Position> {
  return new Map(positions.map((position) => [placeOf(position), position]));
}
