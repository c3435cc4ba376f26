import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { testDatabase, type TestDatabase } from '../../test/support/postgres.ts';
import type { DomainEvent } from '../../contracts/events/domain-event.ts';
import { ApiError } from '../http/api-error.ts';
import type { Database } from '../postgres/database.ts';
import { CommitOutcomeUnknown } from '../postgres/errors.ts';
import { deliver, type Delivery } from './consumer.ts';
import { listDeadLetters } from './dead-letters.ts';
import type { Subscription } from './port.ts';
import { createHandledTable, handledBy, labelOf, loggedIn, recordingSubscription } from './test-events.ts';

const delivery: Delivery = {
  logger: pino({ level: 'silent' }),
  signal: new AbortController().signal,
  retry: { batchAttempts: 2, eventAttempts: 2, firstMs: 1, maxMs: 4 },
};

describe('deliver', () => {
  let service: TestDatabase;
  let groups = 0;

  beforeAll(async () => {
    service = await testDatabase([new URL('../migrations/', import.meta.url)]);
    await createHandledTable(service.database);
  });
  afterAll(() => service.drop());

  function groupOf(before: (events: readonly DomainEvent[]) => void, database: Database = service.database): Subscription {
    const group = recordingSubscription(database, `test.deliver-${++groups}`, 'k');
    return {
      ...group,
      handle: async (tx, events) => {
        before(events);
        await group.handle(tx, events, undefined);
      },
    };
  }

  const events = Array.from({ length: 1_300 }, (_, index) => loggedIn('k', `event ${index}`));
  const labels = events.map(labelOf);

  it('handles many events in bounded transactions, in order', async () => {
    const sizes: number[] = [];
    const group = groupOf((batch) => sizes.push(batch.length));
    await deliver(group, events, delivery);
    expect(await handledBy(service.database, group.group)).toEqual(labels);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(500);
  });

  it('puts aside exactly the events that break, wherever they stand', async () => {
    const bad = new Set(['event 0', 'event 7', 'event 8', 'event 499', 'event 1299']);
    const group = groupOf((batch) => {
      const found = batch.map(labelOf).find((label) => bad.has(label));
      if (found !== undefined) throw new Error(`${found} is bad`);
    });
    await deliver(group, events, delivery);
    expect(await handledBy(service.database, group.group)).toEqual(labels.filter((label) => !bad.has(label)));
    const letters = (await listDeadLetters(service.database)).filter((letter) => letter.group === group.group);
    expect(letters.map(({ event }) => labelOf(event))).toEqual([...bad]);
    expect(letters.map(({ error }) => error.split('\n')[0])).toEqual([...bad].map((label) => `Error: ${label} is bad`));

    await deliver(group, events, delivery);
    expect(await handledBy(service.database, group.group)).toHaveLength(labels.length - bad.size);
  });

  it('retries what is refused for the moment as often as it takes', async () => {
    const refusals = [
      () => new ApiError('SERVICE_UNAVAILABLE', 'down'),
      () => new ApiError('OVERLOADED', 'busy'),
      () => new ApiError('OUTCOME_UNKNOWN', 'lost'),
      () => Object.assign(new Error('refused'), { code: 'ECONNREFUSED' }),
      () => new CommitOutcomeUnknown(new Error('lost')),
    ];
    let tries = 0;
    const group = groupOf(() => {
      const refusal = refusals[tries++ % refusals.length];
      if (tries <= 20 && refusal !== undefined) throw refusal();
    });
    await deliver(group, events.slice(0, 3), delivery);
    expect(tries).toBe(21);
    expect(await handledBy(service.database, group.group)).toEqual(labels.slice(0, 3));
  });

  it('does not do it twice when the commit was made but its answer was lost', async () => {
    let lost = 0;
    const database: Database = {
      ...service.database,
      transaction: async (work) => {
        const value = await service.database.transaction(work);
        if (lost++ < 2) throw new CommitOutcomeUnknown(new Error('cable cut'));
        return value;
      },
    };
    const group = groupOf(() => undefined, database);
    await deliver(group, events.slice(0, 3), delivery);
    expect(lost).toBe(3);
    expect(await handledBy(service.database, group.group)).toEqual(labels.slice(0, 3));
  });

  it('prepares again when another process has handled some of the events meanwhile', async () => {
    const plain = groupOf(() => undefined);
    const prepared: number[] = [];
    const preparing: Subscription<readonly DomainEvent[]> = {
      ...recordingSubscription(service.database, plain.group, 'k'),
      prepare: async (batch) => {
        prepared.push(batch.length);
        if (prepared.length === 1) await deliver(plain, events.slice(0, 2), delivery);
        return batch;
      },
      handle: (tx, batch, before) => {
        expect(batch).toEqual(before);
        return plain.handle(tx, batch, undefined);
      },
    };
    await deliver(preparing, events.slice(0, 5), delivery);
    expect(prepared).toEqual([5, 3]);
    expect(await handledBy(service.database, plain.group)).toEqual(labels.slice(0, 5));
  });

  it('gives up waiting when it is told to stop, leaving the events to be delivered again', async () => {
    const stopping = new AbortController();
    const group = groupOf(() => {
      stopping.abort();
      throw new ApiError('SERVICE_UNAVAILABLE', 'down');
    });
    await expect(deliver(group, events.slice(0, 1), { ...delivery, signal: stopping.signal })).rejects.toThrow('aborted');
    expect(await handledBy(service.database, group.group)).toEqual([]);
  });
});
