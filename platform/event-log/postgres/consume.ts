import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { Topic } from '../../../contracts/events/domain-event.ts';
import { backoffMs } from '../backoff.ts';
import { deliver, type RetryRules } from '../consumer.ts';
import type { StopListening, Subscription } from '../port.ts';
import type { Ends } from './ends.ts';
import type { Lease, Leases } from './leases.ts';
import type { Offsets } from './offsets.ts';
import type { TopicReader } from './reader.ts';

/** What the consumers and tails of one log share. */
export type LogParts = {
  ends: Ends;
  leases: Leases;
  offsets: Offsets;
  reader: (topic: Topic) => TopicReader;
  logger: Logger;
  retry: RetryRules | undefined;
};

const BACKOFF_FIRST_MS = 50;
const BACKOFF_MAX_MS = 2_000;
/** Batches of a group start at least so far apart: under load a few milliseconds make batches larger and the whole cheaper. */
const ROUND_MS = 5;

/** Reads one topic for one group, in this process or, while another has the lease, not at all. */
export function consume(parts: LogParts, subscription: Subscription, topic: Topic): StopListening {
  const { ends, leases, offsets, logger } = parts;
  const { group } = subscription;
  const stopping = new AbortController();
  const finished = run();

  async function run(): Promise<void> {
    for (let failures = 0; !stopping.signal.aborted;) {
      const lease = await leases.acquire(`consume ${group} ${topic}`, stopping.signal);
      if (lease === null) return;
      try {
        await consumeWhileHeld(lease, () => (failures = 0));
      } catch (error) {
        failures++;
        logger.warn({ err: error, group, topic }, 'A consumer group could not read the event log and tries again.');
        await pause(backoffMs(failures, BACKOFF_FIRST_MS, BACKOFF_MAX_MS));
      } finally {
        await offsets.flush();
        await lease.release();
      }
    }
  }

  async function consumeWhileHeld(lease: Lease, onProgress: () => void): Promise<void> {
    const signal = AbortSignal.any([stopping.signal, lease.lost]);
    let offset = await offsets.find(group, topic);
    while (!signal.aborted) {
      const end = await ends.passed(topic, offset, signal);
      if (signal.aborted) return;
      const round = delay(ROUND_MS);
      const records = await parts.reader(topic).read(offset, end);
      const events = records.flatMap((record) => record.events);
      if (!(await delivered(events, signal))) return;
      offset = (records.at(-1)?.offset ?? end - 1) + 1;
      offsets.commitSoon(group, topic, offset);
      onProgress();
      await round;
    }
  }

  /** False when the group was stopped, or lost, between two tries. */
  async function delivered(events: Parameters<typeof deliver>[1], signal: AbortSignal): Promise<boolean> {
    try {
      await deliver(subscription, events, { logger, signal, ...(parts.retry ? { retry: parts.retry } : {}) });
      return true;
    } catch (error) {
      if (signal.aborted) return false;
      throw error;
    }
  }

  async function pause(ms: number): Promise<void> {
    await delay(ms, undefined, { signal: stopping.signal }).catch(() => undefined);
  }

  return () => {
    stopping.abort();
    return finished;
  };
}
