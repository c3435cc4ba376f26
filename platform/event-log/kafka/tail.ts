import { setTimeout as delay } from 'node:timers/promises';
import type { DomainEvent, Topic } from '../../../contracts/events/domain-event.ts';
import { backoffMs } from '../backoff.ts';
import type { StopListening } from '../port.ts';
import { byPlace, placeOf } from './consume.ts';
import { toEvent } from './messages.ts';
import type { KafkaLogOptions } from './options.ts';
import { patiently } from './patiently.ts';
import { createReader, type Fetched, type Position } from './reader.ts';
import { reasonOf } from './topics.ts';

const BACKOFF_FIRST_MS = 50;
const BACKOFF_MAX_MS = 1_000;
const START_WITHIN_MS = 10_000;
/** A topic can get more partitions, which are then shown from their beginning. */
const PARTITIONS_EVERY_MS = 60_000;
/** What an outbox appends again comes soon after the first time. */
const REMEMBERED_IDS = 10_000;

/** Shows every message from the current end on, of all partitions. After a lost connection it goes on where it was. */
export async function tailTopic(
  options: KafkaLogOptions,
  topic: Topic,
  onRecord: (events: readonly DomainEvent[]) => void,
): Promise<StopListening> {
  const { logger } = options;
  const stopping = new AbortController();
  const { signal } = stopping;
  const reader = createReader(options, [options.prefix + topic]);
  const shown = new Set<string>();
  let positions: Map<string, Position>;
  try {
    positions = byPlace(await patiently(START_WITHIN_MS, () => reader.ends('latest')));
  } catch (error) {
    await reader.close();
    throw error;
  }
  const finished = run();

  async function run(): Promise<void> {
    let partitionsAtMs = performance.now();
    for (let failures = 0; !signal.aborted;) {
      try {
        if (performance.now() - partitionsAtMs > PARTITIONS_EVERY_MS) {
          positions = new Map([...byPlace(await reader.ends('earliest')), ...positions]);
          partitionsAtMs = performance.now();
        }
        for (const one of await reader.fetch([...positions.values()], signal)) take(one);
        failures = 0;
      } catch (error) {
        failures++;
        if (!signal.aborted)
          logger.warn({ reason: reasonOf(error), topic }, 'A live view could not read the event log and tries again.');
        const ms = backoffMs(failures, BACKOFF_FIRST_MS, BACKOFF_MAX_MS);
        await delay(ms, undefined, { signal }).catch(() => undefined);
      }
    }
    await reader.close();
  }

  function take({ from, records, next }: Fetched): void {
    const place = placeOf(from);
    if (positions.get(place) !== from) return;
    positions.set(place, { ...from, offset: next });
    for (const { offset, record } of records) {
      if (signal.aborted) return;
      try {
        const event = toEvent(record, () => true);
        if (event !== null && isNew(event.id)) onRecord([event]);
      } catch (error) {
        const where = { topic, partition: from.partition, offset: String(offset) };
        logger.error({ err: error, ...where }, 'A live view failed to take a record and goes on with the next.');
      }
    }
  }

  /** False for what was shown lately. */
  function isNew(id: string): boolean {
    if (shown.has(id)) return false;
    shown.add(id);
    const [oldest] = shown.size > REMEMBERED_IDS ? shown : [];
    if (oldest !== undefined) shown.delete(oldest);
    return true;
  }

  return () => {
    stopping.abort();
    return finished;
  };
}
