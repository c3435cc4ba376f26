import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DomainEvent } from '../../../contracts/events/domain-event.ts';
import { newId } from '../../../contracts/ids.ts';
import { newDomainEvent } from '../../../platform/outbox/new-domain-event.ts';
import { testDatabase, type TestDatabase } from '../../../test/support/postgres.ts';
import { newestCounts, onSeatCounts } from './on-seat-counts.ts';

let test: TestDatabase;
beforeAll(async () => {
  test = await testDatabase([new URL('../migrations/', import.meta.url)]);
});
afterAll(() => test.drop());

const time = '2030-01-01T00:00:00.000Z';

function blocked(eventId: string, version: number, availableSeats: number): DomainEvent {
  const data = { eventId, version, versionComplete: true, totalSeats: 100, availableSeats, seatIds: [1] };
  return newDomainEvent({ type: 'seat.blocked', source: '/onsale/seating', subject: eventId, time, data });
}

function unavailable(eventId: string): DomainEvent {
  const data = { eventId, seatIds: [1], sections: [], refusals: 3 };
  return newDomainEvent({ type: 'seat.unavailable', source: '/onsale/seating', subject: eventId, time, data });
}

async function handle(...events: DomainEvent[]): Promise<void> {
  await test.database.transaction((tx) => onSeatCounts(test.database).handle(tx, events, undefined));
}

async function kept(eventId: string): Promise<unknown> {
  const [row] = await test.database.rows(
    {
      name: 'test.kept',
      text: 'SELECT total_seats AS total, available_seats AS available, version::integer AS version FROM event_seats WHERE event_id = $1',
    },
    [eventId],
  );
  return row;
}

describe('seat counts', () => {
  it('are those of the newest version, however the domain events arrive', async () => {
    const eventId = newId('event');
    await handle(blocked(eventId, 2, 98), blocked(eventId, 1, 99));
    expect(await kept(eventId)).toEqual({ total: 100, available: 98, version: 2 });
    await handle(blocked(eventId, 1, 99));
    expect(await kept(eventId)).toEqual({ total: 100, available: 98, version: 2 });
    await handle(blocked(eventId, 5, 40));
    await handle(blocked(eventId, 5, 40));
    expect(await kept(eventId)).toEqual({ total: 100, available: 40, version: 5 });
  });

  it('are kept for several events of one batch, and refusals change none', async () => {
    const [one, other] = [newId('event'), newId('event')];
    await handle(blocked(one, 1, 10), unavailable(one), blocked(other, 7, 70), blocked(one, 2, 9));
    expect(await kept(one)).toMatchObject({ available: 9 });
    expect(await kept(other)).toMatchObject({ available: 70 });
    expect(newestCounts([unavailable(one)])).toEqual([]);
  });

  it('want one event of each version, however many it has', () => {
    const { wants } = onSeatCounts(test.database);
    const last = blocked(newId('event'), 2, 98);
    if (last.type !== 'seat.blocked') throw new Error('unexpected');
    const before = { ...last, data: { ...last.data, versionComplete: false } };
    expect([before, last].map((event) => wants?.(event))).toEqual([false, true]);
  });

  it('do not deadlock when two batches name the same events in another order', async () => {
    const ids = Array.from({ length: 20 }, () => newId('event'));
    const batches = Array.from({ length: 10 }, (_, v) =>
      (v % 2 === 0 ? ids : ids.toReversed()).map((id) => blocked(id, v + 1, 100 - v)),
    );
    await Promise.all(batches.map((batch) => handle(...batch)));
    for (const id of ids) expect(await kept(id)).toMatchObject({ version: 10, available: 91 });
  });
});
