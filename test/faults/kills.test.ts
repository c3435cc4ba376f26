import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { clientOf, makeEvent, type Client } from '../support/buyer.ts';
import { spawnSystem, type SpawnedSystem } from '../support/system.ts';
import { journalFile } from './journal-file.ts';
import { startLoad, type Journal } from './load.ts';

const JWT_SECRET = 'a secret of the fault tests, long enough';
const SETTINGS = { JWT_SECRET, PAYMENT_LATENCY_MS: '0-20', RESERVATION_TTL_SECONDS: '900' };
const SEATS = 2_000;

let system: SpawnedSystem;
let dataDir: string;
let eventId: string;
const folder = mkdtempSync(join(tmpdir(), 'onsale-kills-'));
// One for all tests: it must know of everything that its users did.
const written = journalFile(join(folder, 'acks.ndjson'));

beforeAll(async () => {
  system = await spawnSystem({ settings: SETTINGS });
  ({ dataDir } = system);
  eventId = await makeEvent(
    clientOf(system.url, JWT_SECRET, ['organizer']),
    [
      {
        section: 'Stalls',
        kind: 'SEATED',
        priceCents: 2_500,
        rows: Array.from({ length: SEATS / 50 }, (_, row) => ({ row: `R${row}`, seats: 50 })),
      },
    ],
    { maxTicketsPerUser: 10 },
  );
}, 90_000);
afterAll(async () => {
  await system.remove();
  rmSync(folder, { recursive: true });
});

describe('under load', () => {
  it('loses nothing that was acknowledged when the program is killed, three times', async () => {
    const load = startLoad({ url: () => system.url, jwtSecret: JWT_SECRET, eventId, seats: SEATS, buyers: 12, written });
    for (let kill = 1; kill <= 3; kill++) {
      await moreReserved(load.journal, 25);
      await system.kill9();
      system = await spawnSystem({ settings: SETTINGS, dataDir });
    }
    await moreReserved(load.journal, 10);
    await load.stop();
    await expectAllThere(load.journal);
  }, 180_000);

  it('loses nothing that was acknowledged when PostgreSQL is killed, and comes back by itself', async () => {
    const load = startLoad({ url: () => system.url, jwtSecret: JWT_SECRET, eventId, seats: SEATS, buyers: 12, written });
    for (let kill = 1; kill <= 3; kill++) {
      await moreReserved(load.journal, 15);
      process.kill(system.postgresPid(), 'SIGKILL');
    }
    await moreReserved(load.journal, 10);
    await load.stop();
    await expectAllThere(load.journal);
  }, 180_000);

  it('keeps all eight promises with declines, silent providers, cancellations and three kills', async () => {
    const load = startLoad({
      url: () => system.url,
      jwtSecret: JWT_SECRET,
      eventId,
      seats: SEATS,
      buyers: 12,
      written,
      mixed: true,
    });
    for (let kill = 1; kill <= 3; kill++) {
      await moreReserved(load.journal, 25);
      await system.kill9();
      system = await spawnSystem({ settings: SETTINGS, dataDir });
    }
    await moreReserved(load.journal, 10);
    await load.stop();
    expect(await verify()).toEqual(ALL_HOLD);
  }, 240_000);
});

async function moreReserved(journal: Journal, count: number): Promise<void> {
  const target = journal.reserved.length + count;
  await expect.poll(() => journal.reserved.length, { timeout: 60_000, interval: 20 }).toBeGreaterThanOrEqual(target);
}

async function expectAllThere(journal: Journal): Promise<void> {
  const now = (buyer: Client): Client => clientOf(system.url, JWT_SECRET, ['customer'], buyer.userId);
  for (const { buyer, reservationId, seatIds } of journal.reserved) {
    const { status, body } = await now(buyer).get(`/v1/seats/reservation/${reservationId}`);
    expect(status).toBe(200);
    expect(['RESERVED', 'ALLOCATED']).toContain(body.status);
    expect(body.seats.map((seat: { seatId: number }) => seat.seatId)).toEqual(seatIds);
  }
  const seats = journal.reserved.flatMap((one) => one.seatIds);
  expect(new Set(seats).size).toBe(seats.length);
  for (const { buyer, orderId } of journal.paid) {
    const order = await now(buyer).get(`/v1/orders/${orderId}?waitFor=CONFIRMED&timeoutMs=20000`);
    expect(order.body).toMatchObject({ orderId, status: 'CONFIRMED' });
    const tickets = await now(buyer).get(`/v1/orders/${orderId}/tickets`);
    expect(tickets.body.tickets).toHaveLength(order.body.items.length);
  }
  expect(await verify()).toEqual(ALL_HOLD);
}

const ALL_HOLD = { code: 0, otherwise: [] };

/** `onsale verify` as an operator runs it beside the running system; every promise but those that hold. */
async function verify(): Promise<{ code: number | null; otherwise: unknown[] }> {
  const onsale = fileURLToPath(new URL('../../bin/onsale.ts', import.meta.url));
  const child = spawn(process.execPath, [onsale, 'verify', '--settle', '60s', '--journal', written.path, '--json'], {
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'], ...SETTINGS, ONSALE_DATA_DIR: dataDir, LOG_LEVEL: 'warn' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let text = '';
  child.stdout.on('data', (data) => (text += String(data)));
  await once(child, 'close');
  const said: { verdicts: { verdict: string }[]; deadLetters: unknown[] } = JSON.parse(text);
  const broken = said.verdicts.filter(({ verdict }) => verdict !== 'holds');
  return { code: child.exitCode, otherwise: [...broken, ...said.deadLetters] };
}
