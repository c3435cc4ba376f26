import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Client } from '../../test/support/buyer.ts';
import { planted, type Planted } from '../test-verify.ts';
import type { JournalLine } from './line.ts';
import { readJournal } from './read.ts';

let house: Planted;
let folder: string;
let files = 0;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'onsale-journal-'));
  house = await planted();
});
afterAll(async () => {
  await house.system.stop();
  rmSync(folder, { recursive: true });
});

function journalOf(...lines: (JournalLine | string)[]): string {
  const path = join(folder, `${files++}.ndjson`);
  writeFileSync(path, lines.map((line) => (typeof line === 'string' ? line : `${JSON.stringify(line)}\n`)).join(''));
  return path;
}

type Told = Extract<JournalLine, { told: 'reserve' }>;

async function reserved(selection: object): Promise<{ buyer: Client; asked: JournalLine; told: Told }> {
  const buyer = house.someone('customer');
  const idempotencyKey = randomUUID();
  const request = { eventId: house.eventId, ...selection };
  const { status, body } = await buyer.send('POST', '/v1/seats/reserve', request, { key: idempotencyKey });
  expect(status).toBe(201);
  const { reservationId, eventId, expiresAt } = body;
  const said = { userId: buyer.userId, idempotencyKey };
  const seatIds = body.seats.map((seat: { seatId: number }) => seat.seatId);
  const places = body.places.map(({ section, quantity }: { section: string; quantity: number }) => ({ section, quantity }));
  return {
    buyer,
    asked: { asked: 'reserve', ...said },
    told: { told: 'reserve', ...said, reservationId, eventId, seatIds, places, expiresAt },
  };
}

async function violations(invariant: number, journal: string): Promise<string[]> {
  return house.named(invariant, [], [], journal);
}

describe('verify --journal', () => {
  it('finds that what was told is so, and that repeats did nothing', async () => {
    const seats = await reserved({ seatIds: [2, 1] });
    const places = await reserved({ places: [{ section: 'Floor', quantity: 2 }] });
    const { buyer, orderId, reservationId, paymentId } = await house.sold({ seatIds: [3] });
    const { body: order } = await buyer.get(`/v1/orders/${orderId}`);
    const said = { userId: buyer.userId, idempotencyKey: randomUUID() };
    const amountCents = order.totalCents;
    const { of } = await house.verdicts({
      journal: journalOf(
        ...[seats, places].flatMap(({ asked, told }) => [asked, told, told]),
        { told: 'order', ...said, orderId, reservationId, totalCents: amountCents },
        { told: 'charge', ...said, paymentId, orderId, amountCents, status: 'SUCCESS' },
        '{"told":"cha',
      ),
    });
    expect(of(2)).toMatchObject({ verdict: 'holds', looked: '2 acknowledged reservations' });
    expect(of(7)).toMatchObject({ verdict: 'holds', looked: '4 keys, 2 answers to repeats' });
  });

  it('says that 2 and 7 are not checked without one', async () => {
    const { of } = await house.verdicts();
    for (const invariant of [2, 7])
      expect(of(invariant)).toMatchObject({ verdict: 'not checked', why: expect.stringContaining('--journal') });
  });

  it('names an acknowledged reservation that is gone', async () => {
    const { told } = await reserved({ seatIds: [5] });
    const gone = { ...told, reservationId: 'res_gone', idempotencyKey: 'another' };
    expect(await violations(2, journalOf(told, gone))).toEqual(['acknowledged reservations that are gone']);
  });

  it('names reservations that are of other seats, places or users than was told', async () => {
    const { told } = await reserved({ seatIds: [6, 7] });
    const places = await reserved({ places: [{ section: 'Floor', quantity: 1 }] });
    for (const line of [
      { ...told, seatIds: [6] },
      { ...told, userId: 'usr_other' },
      { ...places.told, places: [{ section: 'Floor', quantity: 2 }] },
    ])
      expect(await violations(2, journalOf(line))).toEqual(['reservations that are not as they were told']);
  });

  it('names a hold that ended before its time, but not one that its buyer gave up', async () => {
    const early = await reserved({ seatIds: [8] });
    const id = early.told.reservationId;
    const set = (status: string, reason: string | null, at: string) => [
      {
        in: 'seating',
        text: `update reservation set status = $2, end_reason = $3, ended_at = ${at} where reservation_id = $1`,
        values: [id, status, reason],
      },
    ];
    const what = await house.named(2, set('EXPIRED', 'EXPIRED', 'now()'), set('RESERVED', null, 'null'), journalOf(early.told));
    expect(what).toEqual(['reservations that ended before the time that was told']);
    const { buyer, told } = await reserved({ seatIds: [9] });
    await buyer.send('DELETE', `/v1/seats/reservation/${told.reservationId}`);
    const { of } = await house.verdicts({ journal: journalOf(told) });
    expect(of(2)).toMatchObject({ verdict: 'holds' });
  });

  it('names orders, payments and refunds that are gone or otherwise', async () => {
    const { buyer, orderId, reservationId, paymentId } = await house.sold({ seatIds: [10] });
    const said = { userId: buyer.userId, idempotencyKey: null };
    const what = await violations(
      2,
      journalOf(
        { told: 'order', ...said, orderId, reservationId, totalCents: 1 },
        { told: 'charge', ...said, paymentId, orderId, amountCents: 1, status: 'SUCCESS' },
        { told: 'refund', ...said, refundId: 'ref_gone', paymentId, amountCents: 1, status: 'SUCCESS' },
      ),
    );
    expect(what).toEqual([
      'acknowledged orders that are gone or not as they were told',
      'acknowledged payments that are gone or not as they were told',
      'acknowledged refunds that are gone or not as they were told',
    ]);
  });

  it('names a key that was answered differently', async () => {
    const { told } = await reserved({ seatIds: [11] });
    const { userId, idempotencyKey } = told;
    const refusal: JournalLine = { told: 'refusal', of: 'reserve', userId, idempotencyKey, code: 'SEAT_UNAVAILABLE' };
    expect(await violations(7, journalOf(told, refusal))).toEqual(['keys that were answered differently']);
  });

  it('names effects that nobody asked for a second time', async () => {
    const { buyer, orderId, reservationId, paymentId } = await house.sold({ seatIds: [12] });
    const said = { userId: buyer.userId, idempotencyKey: 'once' };
    const journal = journalOf({ asked: 'reserve', ...said }, { asked: 'order', ...said }, { asked: 'charge', ...said });
    const copyOf = (database: string, table: string, column: string, id: string, other = '{}') => ({
      in: database,
      text: `insert into ${table} select (jsonb_populate_record(${table}, jsonb_build_object('${column}', 'planted') || '${other}')).*
             from ${table} where ${column} = $1`,
      values: [id],
    });
    const removed = (database: string, table: string, column: string) => ({
      in: database,
      text: `delete from ${table} where ${column} = 'planted'`,
    });
    const what = await house.named(
      7,
      [
        copyOf('seating', 'reservation', 'reservation_id', reservationId),
        copyOf('orders', 'orders', 'order_id', orderId, '{"status":"CANCELLED","confirmation_number":null}'),
        copyOf('payments', 'payment', 'payment_id', paymentId, '{"status":"FAILED"}'),
      ],
      [
        removed('seating', 'reservation', 'reservation_id'),
        removed('orders', 'orders', 'order_id'),
        removed('payments', 'payment', 'payment_id'),
      ],
      journal,
    );
    expect(what).toEqual([
      'users with more reservations than they asked for',
      'users with more orders than they asked for',
      'users with more payments than they asked for',
    ]);
  });

  it('knows that a booking is a reservation, an order and a payment', async () => {
    const buyer = house.someone('customer');
    const said = { userId: buyer.userId, idempotencyKey: 'book' };
    const body = { eventId: house.eventId, seatIds: [13], paymentMethod: 'CREDIT_CARD', paymentToken: 'tok_success' };
    const booked = await buyer.send('POST', '/v1/bookings?waitFor=CONFIRMED', body, { key: said.idempotencyKey });
    const { orderId, status } = booked.body;
    expect(status).toBe('CONFIRMED');
    const asked: JournalLine = { asked: 'booking', ...said };
    const told: JournalLine = { told: 'booking', ...said, orderId, status };
    const { of } = await house.verdicts({ journal: journalOf(asked, told, told) });
    expect(of(2)).toMatchObject({ verdict: 'holds' });
    expect(of(7)).toMatchObject({ verdict: 'holds', looked: '1 keys, 1 answers to repeats' });
    expect(await violations(2, journalOf(asked, { ...told, status: 'FAILED' }))).toEqual([
      'acknowledged bookings that are gone or not as they were told',
    ]);
    // Another one, of which its journal does not know.
    await buyer.send('POST', '/v1/bookings?waitFor=CONFIRMED', { ...body, seatIds: [14] }, { key: 'unknown' });
    expect(await violations(7, journalOf(asked, told))).toEqual([
      'users with more reservations than they asked for',
      'users with more orders than they asked for',
      'users with more payments than they asked for',
    ]);
  });

  it('refuses a file that is not a journal, naming the line', async () => {
    const read = async (path: string) => {
      for await (const _ of readJournal(path));
    };
    await expect(read(join(folder, 'none.ndjson'))).rejects.toThrow('cannot be read');
    await expect(read(journalOf('{"asked":"reserve"}\n'))).rejects.toThrow('Line 1 of');
    await expect(read(journalOf('{"ask\n', '\n', '{}\n'))).rejects.toThrow('Line 1 of');
  });
});
