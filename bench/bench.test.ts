import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../test/support/temporary-folder.ts';
import { createContext } from './context.ts';
import { loadNoOp, loadOneTransaction, loadPlaces, loadSeats, roundOf } from './measures/loads.ts';
import type { Bench, Context } from './measures/measure.ts';
import { TINY } from './measures/pace.ts';
import { rivals } from './measures/rivals.ts';
import { totalOf } from './measures/runs.ts';
import { runBench } from './run-bench.ts';
import { FLOOR, seated, standing } from './system/organizer.ts';

const TIMEOUT_MS = 120_000;
const goOn = new AbortController().signal;
const silent = (): void => undefined;

async function checkReservations(bench: Bench, context: Context): Promise<void> {
  const problems: string[] = [];
  const round = roundOf(context, 1, problems);
  const runs = [
    await loadNoOp(bench, context, 'POST', round),
    await loadNoOp(bench, context, 'GET', round),
    await loadPlaces(bench, context, round),
    await loadSeats(bench, context, round, TINY.seats),
    await loadOneTransaction(bench, context, { way: 'step-by-step', poolSize: 2 }, round),
    await loadOneTransaction(bench, context, { way: 'pipelined', poolSize: 4 }, round),
  ];
  expect(problems).toEqual([]);
  for (const run of runs) {
    expect(totalOf(run.statuses), run.what).toBeGreaterThan(0);
    expect(run.generator.cpuShare, run.what).toBeGreaterThan(0);
  }
}

async function checkBookingsAndOverload({ system, organizer }: Bench, { load }: Context): Promise<void> {
  const eventId = await organizer.makeEvent('Bookings', standing(1_000));
  const params = { urls: [system.url], jwtSecret: system.settings.auth.jwtSecret, warmUpMs: 0, durationMs: 300, users: 20 };
  const booked = await load.run('bookings', { ...params, connections: 2, eventId, section: FLOOR });
  expect(booked.stopped).toEqual({});
  expect(booked.booked).toBeGreaterThanOrEqual(2);
  const came = await load.run('overload', { ...params, eventId, section: FLOOR, perSecond: 100, maxConnections: 5 });
  expect(totalOf(came.total)).toBe(came.sent);
  expect(came.sent + came.notSent).toBeGreaterThan(0);
}

async function checkStreams({ system, organizer }: Bench, { load }: Context): Promise<void> {
  const eventId = await organizer.makeEvent('Streams', seated(10));
  const { jwtSecret } = system.settings.auth;
  const followed = await load.run('streams', { url: system.url, jwtSecret, eventId, streams: 10, changes: 2, everyMs: 10 });
  expect(followed.open).toBe(10);
  for (const { lastMs, arrivals } of followed.changes) {
    expect(lastMs).toBe(arrivals.maxMs);
    expect(arrivals.counts.reduce((sum, [, count]) => sum + count, 0)).toBe(10);
  }
}

describe('the bench', () => {
  it('loads a system of its own in every way, and finds every answer in the databases', { timeout: TIMEOUT_MS }, async () => {
    const context = createContext(TINY, silent, goOn);
    try {
      await context.withSystem({}, async (bench) => {
        await checkReservations(bench, context);
        await checkBookingsAndOverload(bench, context);
        await checkStreams(bench, context);
      });
      expect(context.found).toMatchObject({ problems: [], postgres: { fsync: 'on', synchronousCommit: 'on' } });
    } finally {
      await context.stop();
    }
  });

  it('shows a table and writes all that was measured to a file', { timeout: TIMEOUT_MS }, async () => {
    const out = join(temporaryFolder(), 'bench.json');
    const lines: string[] = [];
    const options = { measures: [rivals], pace: TINY, out, note: silent, signal: goOn };
    expect(await runBench({ ...options, print: (more) => void lines.push(...more) })).toBe(0);
    expect(lines.join('\n')).toContain('one seat, 1,000 buyers at once: winners');
    expect(lines.join('\n')).toContain('nothing oversold, nothing lost');
    const report = JSON.parse(readFileSync(out, 'utf8'));
    expect(report).toMatchObject({
      problems: [],
      machine: { node: process.version, postgres: { fsync: 'on' } },
      figures: { winners: { median: 1, max: 1 } },
      measures: [{ name: 'rivals' }],
    });
  });
});
