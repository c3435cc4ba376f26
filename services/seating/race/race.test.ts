import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newId } from '../../../contracts/ids.ts';
import { sql } from '../../../platform/postgres/database.ts';
import { testDatabase, type TestDatabase } from '../../../test/support/postgres.ts';
import { MIGRATIONS, rowOf, seatingOn, standing } from '../test-sale.ts';
import type { Race, RaceOutcome } from './rivals.ts';

let db: TestDatabase;
beforeAll(async () => {
  db = await testDatabase(MIGRATIONS);
});
afterAll(() => db.drop());

type Buyers = Race['buyers'];

/** Two processes, let loose at the same moment. */
async function raceFrom2Processes(eventId: string, buyers: Buyers, withoutLock = false): Promise<RaceOutcome> {
  const half = Math.ceil(buyers.length / 2);
  const rivals = [buyers.slice(0, half), buyers.slice(half)].map((share) =>
    startRivals({ connectionString: db.connectionString, eventId, buyers: share, withoutLock }),
  );
  await Promise.all(rivals.map((rival) => rival.ready));
  for (const rival of rivals) rival.go();
  const outcomes = await Promise.all(rivals.map((rival) => rival.outcome));
  const refusals: Record<string, number> = {};
  for (const outcome of outcomes)
    for (const [code, count] of Object.entries(outcome.refusals)) refusals[code] = (refusals[code] ?? 0) + count;
  return { won: outcomes.reduce((sum, outcome) => sum + outcome.won, 0), refusals };
}

function startRivals(race: Race) {
  const child = spawn(process.execPath, [fileURLToPath(new URL('./rivals.ts', import.meta.url)), JSON.stringify(race)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const ready = lines.next();
  return {
    ready,
    go: () => child.stdin.write('go\n'),
    outcome: ready.then(() => lines.next()).then(({ value }): RaceOutcome => JSON.parse(String(value))),
  };
}

const strangers = (count: number, selection: Buyers[number]['selection']): Buyers =>
  Array.from({ length: count }, () => ({ userId: newId('user'), selection }));

async function held(eventId: string): Promise<{ reservations: number; tickets: number }> {
  const query = sql(
    'test.held',
    `select count(*)::integer as reservations, coalesce(sum(quantity), 0)::integer as tickets
     from reservation where event_id = $1 and status = 'RESERVED'`,
  );
  const [row] = await db.database.rows<{ reservations: number; tickets: number }>(query, [eventId]);
  if (!row) throw new Error('no answer');
  return row;
}

describe('two seating processes on one database', () => {
  it('give the last seat to exactly one of 1,000 rivals', async () => {
    const eventId = await seatingOn(db.database).openSale(rowOf(1));
    const outcome = await raceFrom2Processes(eventId, strangers(1_000, { kind: 'seats', seatIds: [1] }));
    expect(outcome).toEqual({ won: 1, refusals: { SEAT_UNAVAILABLE: 999 } });
    expect(await held(eventId)).toEqual({ reservations: 1, tickets: 1 });
  });

  it('never give more general-admission places than there are', async () => {
    const eventId = await seatingOn(db.database).openSale(standing(100));
    const buyers = strangers(1_000, { kind: 'places', places: [{ section: 'Floor', quantity: 1 }] });
    expect(await raceFrom2Processes(eventId, buyers)).toEqual({ won: 100, refusals: { SOLD_OUT: 900 } });
    expect(await held(eventId)).toEqual({ reservations: 100, tickets: 100 });
  });

  it('hold one buyer to the limit who asks from everywhere at once', async () => {
    const eventId = await seatingOn(db.database).openSale(rowOf(200), { maxTicketsPerUser: 5 });
    const userId = newId('user');
    const buyers = Array.from({ length: 200 }, (_, index) => ({
      userId,
      selection: { kind: 'seats' as const, seatIds: [index + 1] },
    }));
    expect(await raceFrom2Processes(eventId, buyers)).toEqual({ won: 5, refusals: { TICKET_LIMIT_EXCEEDED: 195 } });
  });

  it('sell a house out by best available, each seat once', async () => {
    const eventId = await seatingOn(db.database).openSale(rowOf(300));
    const outcome = await raceFrom2Processes(eventId, strangers(200, { kind: 'best', quantity: 2 }));
    expect(outcome).toEqual({ won: 150, refusals: { SOLD_OUT: 50 } });
    expect(await held(eventId)).toEqual({ reservations: 150, tickets: 300 });
  });

  it('would oversell without the lock: the race is real', async () => {
    const buyers = strangers(1_000, { kind: 'seats', seatIds: [1] });
    let winners = 1;
    // Each round is one chance for two transactions to read the seat before either writes it.
    for (let round = 0; round < 10 && winners === 1; round++) {
      const eventId = await seatingOn(db.database).openSale(rowOf(1));
      winners = (await raceFrom2Processes(eventId, buyers, true)).won;
    }
    expect(winners).toBeGreaterThan(1);
  }, 60_000);
});
