import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PLATFORM_MIGRATIONS } from '../../test/support/service-app.ts';
import { testDatabase, type TestDatabase } from '../../test/support/postgres.ts';
import { sql, type Tx } from '../../platform/postgres/database.ts';
import type { Viewer } from './domain/access.ts';
import { catalog } from './service.ts';
import type { EventPlace } from './store/event-place.ts';
import { eventPage, type EventFilter } from './store/event-search.ts';

const EVENTS = 20_000;
const NOW = new Date('2030-06-01T12:00:00Z');
/** Looks for what every event is, so the page comes of looking through all of them. */
const EVERYTHING = { from: new Date(0) };

/** Every hour some events start, several of them at once; they take up to three days; every twentieth is a draft. */
const FILL = sql(
  'test.fill',
  `WITH hall AS (
     INSERT INTO venue (venue_id, organizer_id, name, address, city, country, capacity, venue_type, facilities, timezone, created_at)
     VALUES ('ven_1', 'usr_1', 'Hall', 'Canal 1', 'Utrecht', 'NL', 100, 'ARENA', '{}', 'UTC', $1) RETURNING venue_id
   )
   INSERT INTO event (event_id, venue_id, organizer_id, name, description, event_type, start_date, end_date, status, currency,
     base_price_cents, on_sale_at, timezone, max_tickets_per_user, revision, created_at, updated_at)
   SELECT 'evt_' || lpad((i * 7919 % ${EVENTS})::text, 5, '0'), venue_id, 'usr_' || i % 3, 'Event ' || i, '', 'CONCERT', start,
     start + (1 + i % 72) * interval '1 hour', CASE WHEN i % 20 = 0 THEN 'DRAFT' ELSE 'UPCOMING' END, 'EUR', 100, $1, 'UTC', 4, 1, $1, $1
   FROM hall, generate_series(1, ${EVENTS}) i, LATERAL (SELECT $1 + (i / 3 - 3300) * interval '1 hour' AS start) at`,
);

let test: TestDatabase;
beforeAll(async () => {
  test = await testDatabase([PLATFORM_MIGRATIONS, ...(catalog.database === undefined ? [] : [catalog.database.migrations])]);
  await test.database.run(FILL, [NOW]);
  await test.database.run(sql('test.analyze', 'ANALYZE event'));
});
afterAll(() => test.drop());

/** Event ids page after page, up to `pages` of them, from a place on. */
async function ids(
  filter: Omit<EventFilter, 'now'>,
  how: { pages: number; limit: number; from?: EventPlace },
): Promise<string[]> {
  const all: string[] = [];
  let after = how.from ?? null;
  for (let page = 0; page < how.pages; page++) {
    const rows = await eventPage(test.database, { ...filter, now: NOW }, NOW, after, how.limit);
    all.push(...rows.map(({ eventId }) => eventId));
    const last = rows.at(-1);
    if (last === undefined) break;
    after = { asOf: NOW, place: last.place, eventId: last.eventId };
  }
  return all;
}

describe('the list of events', () => {
  it.each<[string, Viewer | null]>([
    ['everybody', null],
    ['an organizer', { userId: 'usr_1', isAdmin: false }],
    ['an admin', { userId: 'usr_9', isAdmin: true }],
  ])('has for %s the events and the order that looking through all of them has', async (_who, viewer) => {
    const whole = await ids({ viewer, ...EVERYTHING }, { pages: 1, limit: EVENTS + 1 });
    expect(whole.length).toBeGreaterThanOrEqual(EVENTS * 0.95);
    expect(await ids({ viewer }, { pages: 1, limit: EVENTS + 1 })).toEqual(whole);
    expect(await ids({ viewer }, { pages: 12, limit: 7 })).toEqual(whole.slice(0, 84));
  });

  it('goes on across the moment that parts coming events from past ones, several of which start at once', async () => {
    const rows = await eventPage(test.database, { now: NOW, viewer: null, ...EVERYTHING }, NOW, null, EVENTS);
    const firstPast = rows.findIndex(({ endDate }) => endDate <= NOW);
    const before = rows[firstPast - 11];
    if (before === undefined) throw new Error('there is nothing past');
    const from = { asOf: NOW, place: before.place, eventId: before.eventId };
    const expected = rows.slice(firstPast - 10, firstPast + 20).map(({ eventId }) => eventId);
    for (const limit of [1, 2, 3]) expect(await ids({ viewer: null }, { pages: 30 / limit, limit, from })).toEqual(expected);
  });

  it.each([
    ['the first page', 0],
    ['a later page', 3_000],
    ['a page of past events', 15_000],
  ])('reads little more than it shows: %s', async (_which, behind) => {
    const rows = await eventPage(test.database, { now: NOW, viewer: null }, NOW, null, behind + 1);
    const { place = '', eventId = '' } = rows.at(-1) ?? {};
    const after = behind === 0 ? null : { asOf: NOW, place, eventId };
    const plan = await explained('ANALYZE', (tx) => eventPage(tx, { now: NOW, viewer: null }, NOW, after, 21));
    const read = plan.map((node) => node['Actual Rows'] + (node['Rows Removed by Filter'] ?? 0));
    expect(read.reduce((a, b) => a + b)).toBeLessThan(400);
  });

  it('is read by index also by a plan that is kept for every page', async () => {
    const plan = await explained('GENERIC_PLAN', (tx) => eventPage(tx, { now: NOW, viewer: null }, NOW, null, 21));
    expect(plan.map((node) => node['Node Type'])).not.toContain('Seq Scan');
    const search = await explained('ANALYZE', (tx) => eventPage(tx, { now: NOW, viewer: null, ...EVERYTHING }, NOW, null, 21));
    expect(search.map((node) => node['Node Type'])).toContain('Seq Scan');
  });
});

type PlanNode = {
  'Node Type': string;
  'Relation Name'?: string;
  'Actual Rows': number;
  'Rows Removed by Filter'?: number;
  Plans?: PlanNode[];
};

/** How the server reads `event` for the one statement of `work`. */
async function explained(how: string, work: (tx: Tx) => Promise<unknown>): Promise<PlanNode[]> {
  let text = '';
  let values: readonly unknown[] = [];
  await work({
    ...test.database,
    rows: async (statement, given = []) => {
      text = statement.text;
      values = given;
      return [];
    },
  });
  const client = new pg.Client({ connectionString: test.connectionString });
  await client.connect();
  const explain = `EXPLAIN (${how}, FORMAT JSON) ${text}`;
  const { rows } = await client.query(explain, how === 'ANALYZE' ? [...values] : undefined);
  await client.end();
  return nodesOf(rows[0]['QUERY PLAN'][0].Plan).filter((node) => node['Relation Name'] === 'event');
}

function nodesOf(node: PlanNode): PlanNode[] {
  return [node, ...(node.Plans ?? []).flatMap(nodesOf)];
}
