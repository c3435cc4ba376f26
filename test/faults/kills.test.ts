import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { clientOf, makeEvent } from '../support/buyer.ts';
import { journalFile } from './journal-file.ts';
import { startLoad, type Journal } from './load.ts';
import { ALL_HOLD, startMortalSystem, type MortalSystem } from './mortal-system.ts';
import { patientClients, type PatientClients } from './patient-clients.ts';

const JWT_SECRET = 'a secret of the fault tests, long enough';
const SETTINGS = { JWT_SECRET, PAYMENT_LATENCY_MS: '0-20' };
const SEATS = 2_000;
const BUYERS = 12;

let system: MortalSystem;
let clients: PatientClients;
let eventId: string;
const folder = mkdtempSync(join(tmpdir(), 'onsale-kills-'));
// One for all tests: it must know of everything that its users did.
const written = journalFile(join(folder, 'acks.ndjson'));

beforeAll(async () => {
  system = await startMortalSystem(SETTINGS);
  clients = patientClients({ url: system.url, jwtSecret: JWT_SECRET, written });
  const rows = Array.from({ length: SEATS / 50 }, (_, row) => ({ row: `R${row}`, seats: 50 }));
  const sections = [{ section: 'Stalls', kind: 'SEATED', priceCents: 2_500, rows }];
  eventId = await makeEvent(clientOf(system.url(), JWT_SECRET, ['organizer']), sections);
}, 90_000);
afterAll(async () => {
  await system.remove();
  rmSync(folder, { recursive: true });
});

describe('under load', () => {
  for (const victim of ['program', 'PostgreSQL'] as const)
    it(`loses nothing that was acknowledged when the ${victim} is killed, three times`, async () => {
      const load = startLoad(clients, eventId, { seats: SEATS, buyers: BUYERS });
      for (let kill = 1; kill <= 3; kill++) {
        await moreReserved(load.journal, 25);
        system.strike(victim);
        await system.revive();
      }
      await moreReserved(load.journal, 10);
      await load.stop();
      await expectAllThere(load.journal);
      expect(await system.verify(written.path)).toEqual(ALL_HOLD);
    }, 180_000);
});

async function moreReserved(journal: Journal, count: number): Promise<void> {
  const target = journal.reserved.length + count;
  await expect.poll(() => journal.reserved.length, { timeout: 60_000, interval: 20 }).toBeGreaterThanOrEqual(target);
}

/** By what the API says, and not by what the databases have. */
async function expectAllThere(journal: Journal): Promise<void> {
  for (const { buyer, reservationId, seatIds } of journal.reserved) {
    const answer = await buyer.send('GET', `/v1/seats/reservation/${reservationId}`);
    expect(answer?.status).toBe(200);
    expect(['RESERVED', 'ALLOCATED']).toContain(answer?.body.status);
    expect(answer?.body.seats.map((seat: { seatId: number }) => seat.seatId)).toEqual(seatIds);
  }
  const seats = journal.reserved.flatMap((one) => one.seatIds);
  expect(new Set(seats).size).toBe(seats.length);
  for (const { buyer, orderId } of journal.paid) {
    const order = await buyer.send('GET', `/v1/orders/${orderId}?waitFor=CONFIRMED&timeoutMs=20000`);
    expect(order?.body).toMatchObject({ orderId, status: 'CONFIRMED' });
    const tickets = await buyer.send('GET', `/v1/orders/${orderId}/tickets`);
    expect(tickets?.body.tickets).toHaveLength(order?.body.items.length);
  }
}
