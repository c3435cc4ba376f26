import { setTimeout as delay } from 'node:timers/promises';
import type { DomainEvent, Topic } from '../../../contracts/events/domain-event.ts';
import { backoffMs } from '../backoff.ts';
import type { StopListening } from '../port.ts';
import type { LogParts } from './consume.ts';
import type { ReadRecord } from './reader.ts';

const BACKOFF_FIRST_MS = 20;
const BACKOFF_MAX_MS = 1_000;

/** Shows every record from the current end on. After a lost connection it goes on where it was. */
export async function tailTopic(
  { ends, reader, logger }: LogParts,
  topic: Topic,
  onRecord: (events: readonly DomainEvent[]) => void,
): Promise<StopListening> {
  const stopping = new AbortController();
  const { signal } = stopping;
  let offset = await ends.read(topic);
  const finished = run();

  async function run(): Promise<void> {
    for (let failures = 0; !signal.aborted;) {
      const end = await ends.passed(topic, offset, signal);
      if (signal.aborted) return;
      try {
        const records = await reader(topic).read(offset, end);
        for (const record of records) show(record);
        if (records.length === 0) offset = end;
        failures = 0;
      } catch (error) {
        failures++;
        logger.warn({ err: error, topic }, 'A live view could not read the event log and tries again.');
        await delay(backoffMs(failures, BACKOFF_FIRST_MS, BACKOFF_MAX_MS), undefined, { signal }).catch(() => undefined);
      }
    }
  }

  function show(record: ReadRecord): void {
    if (signal.aborted) return;
    offset = record.offset + 1;
    try {
      onRecord(record.events);
    } catch (error) {
      logger.error(
        { err: error, topic, offset: record.offset },
        'A live view failed to take a record and goes on with the next.',
      );
    }
  }

  return () => {
    stopping.abort();
    return finished;
  };
}
