import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { isJournalLine } from '../../verify/journal/line.ts';
import { openJournal } from './journal.ts';
import { createLatencySeries } from './latency.ts';
import { createLedger } from './ledger.ts';
import { createTally } from './tally.ts';
import { toldLine } from './told.ts';

describe('latencies over time', () => {
  it('are kept second by second, also those that come late, and add up', () => {
    const series = createLatencySeries();
    for (let second = 0; second < 20; second++)
      for (let i = 1; i <= 100; i++) series.add(second * 10 + i / 100, second + i / 200);
    series.add(500, 3.9);
    const seconds = series.seconds();
    expect(seconds.map(({ second }) => second)).toEqual(Array.from({ length: 20 }, (_, i) => i));
    expect(seconds.map(({ histogram }) => histogram.count)).toEqual(seconds.map(({ second }) => (second === 3 ? 101 : 100)));
    expect(seconds[3]?.histogram.maxMs).toBe(500);
    expect(seconds[10]?.histogram.percentileMs(0.5)).toBeCloseTo(100.5, -0.5);
    expect(series.total.count).toBe(2_001);
    expect(series.recent(20, 3).count).toBe(300);
  });
});

describe('the tally', () => {
  it('counts by the second', () => {
    let nowMs = 1_000;
    const tally = createTally(() => nowMs);
    tally.count('reservations');
    nowMs += 2_500;
    tally.count('reservations');
    tally.refused('reserve', 'SOLD_OUT');
    expect(tally.perSecond('reservations')).toEqual([1, 0, 1]);
    expect(tally.totals).toMatchObject({ reservations: 2, refusals: 1 });
    expect(Object.fromEntries(tally.refusals)).toEqual({ 'reserve SOLD_OUT': 1 });
  });
});

describe('the ledger', () => {
  it('finds a seat with two owners and places beyond the capacity', () => {
    const ledger = createLedger([{ seats: 10, places: 2 }]);
    ledger.issued(0, [{ seatId: 1 }, { seatId: 2 }, {}, {}]);
    expect(ledger.oversold()).toBe(0);
    ledger.issued(0, [{ seatId: 2 }]);
    expect(ledger.oversold()).toBe(1);
    ledger.issued(0, [{}]);
    expect(ledger.oversold()).toBe(2);
    ledger.returned(0, [{ seatId: 2 }, {}]);
    expect([ledger.oversold(), ledger.tickets]).toEqual([0, 4]);
  });
});

describe('the journal', () => {
  const said = { userId: 'usr_1', idempotencyKey: 'k' };
  const held = {
    reservationId: 'res_1',
    eventId: 'evt_1',
    seats: [{ seatId: 7, section: 'A' }],
    places: [],
    expiresAt: '2026-01-01T00:00:00Z',
  };

  it('tells what was answered, in the form that verify reads', () => {
    const done = (status: number, body: unknown) => ({ status, body, code: null });
    const lines = [
      toldLine('reserve', said, {}, done(201, held)),
      toldLine(
        'order',
        said,
        {},
        done(201, { orderId: 'ord_1', reservationId: 'res_1', status: 'PENDING', totalCents: 5, currency: 'EUR' }),
      ),
      toldLine('charge', said, {}, done(202, { paymentId: 'pay_1', orderId: 'ord_1', amountCents: 5, status: 'PENDING' })),
      toldLine(
        'charge',
        said,
        { orderId: 'ord_1', amountCents: 5 },
        { status: 402, code: 'PAYMENT_DECLINED', body: { code: 'PAYMENT_DECLINED', paymentId: 'pay_1' } },
      ),
      toldLine('reserve', said, {}, { status: 409, body: {}, code: 'SOLD_OUT' }),
    ];
    expect(lines.every(isJournalLine)).toBe(true);
    expect(lines[0]).toMatchObject({ told: 'reserve', seatIds: [7] });
    expect(lines[3]).toMatchObject({ told: 'charge', status: 'FAILED', paymentId: 'pay_1' });
    expect(lines[4]).toMatchObject({ told: 'refusal', of: 'reserve', code: 'SOLD_OUT' });
  });

  it('does not take an error of the system for an answer', () => {
    expect(toldLine('reserve', said, {}, { status: 500, body: {}, code: 'INTERNAL' })).toBeNull();
    expect(toldLine('reserve', said, {}, { status: 201, body: { strange: true }, code: null })).toBeNull();
  });

  it('is complete in its file, in order, when it is closed', () => {
    const folder = mkdtempSync(join(tmpdir(), 'onsale-test-'));
    const path = join(folder, 'journal.ndjson');
    const journal = openJournal(path);
    for (let i = 0; i < 5_000; i++) journal.write({ asked: 'reserve', userId: `usr_${i}`, idempotencyKey: `k${i}` });
    journal.close();
    journal.close();
    const lines = readFileSync(path, 'utf8').trimEnd().split('\n');
    expect(lines).toHaveLength(5_000);
    expect(journal.lines).toBe(5_000);
    expect(lines.every((line, i) => JSON.parse(line).userId === `usr_${i}`)).toBe(true);
    rmSync(folder, { recursive: true });
  });
});
