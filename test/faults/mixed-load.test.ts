import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { clientOf } from '../support/buyer.ts';
import { journalFile } from './journal-file.ts';
import { openHouses, startMixedLoad } from './mixed-load.ts';
import { ALL_HOLD, startMortalSystem, type MortalSystem, type Victim } from './mortal-system.ts';
import { patientClients, type PatientClients } from './patient-clients.ts';
import type { Houses } from './visits.ts';

const JWT_SECRET = 'a secret of the fault tests, long enough';
const SETTINGS = { JWT_SECRET, PAYMENT_LATENCY_MS: '0-20', RATE_LIMIT_PER_MINUTE: '0' };
const REQUESTS = 10_000;
const KILLS: readonly Victim[] = ['program', 'PostgreSQL', 'both'];
const BUYERS = 24;

/** What must have happened at least so often, or the load was not what it says it is. */
const MUST_HAPPEN: Readonly<Record<string, number>> = {
  'reserve 201': 1_000,
  'reserve SEAT_UNAVAILABLE': 10,
  'release 200': 50,
  abandoned: 50,
  'charge 201': 500,
  'charge 202': 20,
  'charge CARD_DECLINED': 50,
  'charge INSUFFICIENT_FUNDS': 20,
  'charge GATEWAY_TIMEOUT': 20,
  'cancel 200': 100,
  'refund 201': 30,
  'goodwill 201': 20,
  'booking 202': 50,
  'booking 200': 50,
};

let system: MortalSystem;
let houses: Houses;
let clients: PatientClients;
const folder = mkdtempSync(join(tmpdir(), 'onsale-mixed-'));
const written = journalFile(join(folder, 'acks.ndjson'));

beforeAll(async () => {
  system = await startMortalSystem(SETTINGS);
  houses = await openHouses(clientOf(system.url(), JWT_SECRET, ['organizer']));
  clients = patientClients({ url: system.url, jwtSecret: JWT_SECRET, written });
}, 90_000);
afterAll(async () => {
  await system.remove();
  rmSync(folder, { recursive: true });
});

describe('a load of every kind', () => {
  it('ends with all eight promises kept after 10,000 requests and three kills', async () => {
    const seed = Math.floor(Math.random() * 2 ** 31);
    const load = startMixedLoad(clients, houses, { buyers: BUYERS, seed });
    for (const [index, victim] of KILLS.entries()) {
      await answered(((index + 1) * REQUESTS) / (KILLS.length + 1));
      const before = clients.cutOff();
      system.strike(victim);
      await system.revive();
      if (victim !== 'PostgreSQL') expect(clients.cutOff(), 'requests cut off by the kill').toBeGreaterThan(before);
    }
    await answered(REQUESTS);
    await load.stop();
    const happened = Object.fromEntries(load.happened);
    const tooSeldom = Object.entries(MUST_HAPPEN).filter(([what, times]) => (happened[what] ?? 0) < times);
    expect(tooSeldom, `of ${JSON.stringify(happened)}, seed ${seed}`).toEqual([]);
    expect(clients.answered()).toBeGreaterThanOrEqual(REQUESTS);
    expect(await system.verify(written.path), `seed ${seed}`).toEqual(ALL_HOLD);
  }, 900_000);
});

async function answered(count: number): Promise<void> {
  await expect.poll(() => clients.answered(), { timeout: 300_000, interval: 20 }).toBeGreaterThanOrEqual(count);
}
