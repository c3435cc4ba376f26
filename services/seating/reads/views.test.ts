import { pino } from 'pino';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Database } from '../../../platform/postgres/database.ts';
import { testDatabase, type TestDatabase } from '../../../test/support/postgres.ts';
import { createLayoutCache } from '../store/layout-cache.ts';
import { MIGRATIONS, rowOf, seatingOn } from '../test-sale.ts';
import { readerOf } from './test-reader.ts';
import { createSeatViews } from './views.ts';

let db: TestDatabase;
beforeAll(async () => {
  db = await testDatabase(MIGRATIONS);
});
afterAll(() => db.drop());

/** A database whose next read of a view is answered, but arrives only when it is let through. */
function slowToAnswer(database: Database) {
  let held: Promise<void> | null = null;
  let read: () => void = () => undefined;
  const slow: Database = {
    ...database,
    async rows(statement, values) {
      const rows = await database.rows<never>(statement, values);
      if (statement.name !== 'seating.read_view' || !held) return rows;
      const wait = held;
      held = null;
      read();
      await wait;
      return rows;
    },
  };
  function holdNext(): { whenRead: Promise<void>; letThrough: () => void } {
    let letThrough: () => void = () => undefined;
    held = new Promise((resolve) => (letThrough = resolve));
    return { whenRead: new Promise((resolve) => (read = resolve)), letThrough: () => letThrough() };
  }
  return { slow, holdNext };
}

it('keeps what was committed while a view was read again', async () => {
  const seating = seatingOn(db.database);
  const eventId = await seating.openSale(rowOf(5));
  const { slow, holdNext } = slowToAnswer(db.database);
  const views = createSeatViews(slow, createLayoutCache(), pino({ level: 'silent' }));
  const feed = await views.get(eventId);
  if (!feed) throw new Error('no such event');
  const reader = readerOf(feed);
  const before = feed.view();
  const reserve = async (seatId: number) => {
    const sent = seating.published.length;
    await seating.reserve(eventId, { kind: 'seats', seatIds: [seatId] });
    return seating.published.slice(sent);
  };

  const { whenRead, letThrough } = holdNext();
  await reserve(3);
  // The version before it never comes, so the view is read again.
  views.offer(await reserve(1));
  await whenRead;
  views.offer(await reserve(2));
  letThrough();
  await expect.poll(() => feed.view() !== before).toBe(true);

  expect(feed.view().statuses()).toEqual({ eventId, version: 4, statuses: 'RRRAA' });
  await expect.poll(reader.statuses).toBe('RRRAA');
  expect(reader.gaps()).toBe(0);
  views.stop();
});

it('tells events apart whose changes come in one record', async () => {
  const seating = seatingOn(db.database);
  const eventIds = [await seating.openSale(rowOf(5)), await seating.openSale(rowOf(5))];
  const views = createSeatViews(db.database, createLayoutCache(), pino({ level: 'silent' }));
  const feeds = await Promise.all(eventIds.map((eventId) => views.get(eventId)));
  const sent = seating.published.length;
  for (const [i, eventId] of eventIds.entries()) await seating.reserve(eventId, { kind: 'seats', seatIds: [i + 1] });
  views.offer(seating.published.slice(sent));
  expect(feeds.map((feed) => feed?.view().statuses().statuses)).toEqual(['RAAAA', 'ARAAA']);
  expect(feeds.map((feed) => feed?.view().version())).toEqual([2, 2]);
  views.stop();
});
