import { appendFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { clientOf } from '../support/buyer.ts';
import { journalFile } from './journal-file.ts';
import { openHouses, startMixedLoad } from './mixed-load.ts';
import { ALL_HOLD, startMortalSystem, type MortalSystem, type Victim } from './mortal-system.ts';
import { patientClients, type PatientClients } from './patient-clients.ts';
import { pick, seededRandom } from './random.ts';
import type { Houses } from './visits.ts';

const JWT_SECRET = 'a secret of the fault tests, long enough';
const SETTINGS = { JWT_SECRET, PAYMENT_LATENCY_MS: '0-20', RATE_LIMIT_PER_MINUTE: '0' };
const KILLS = 50;
const BUYERS = 12;
/** A kill comes so long after the first request that the system answers again. */
const AFTER_MS = { min: 50, max: 800 };

let system: MortalSystem;
let houses: Houses;
let clients: PatientClients;
const folder = mkdtempSync(join(tmpdir(), 'onsale-random-kills-'));
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

describe('killed at 50 random points of a mixed load', () => {
  it('keeps all eight promises after each', async () => {
    const seed = Math.floor(Math.random() * 2 ** 31);
    const load = startMixedLoad(clients, houses, { buyers: BUYERS, seed });
    for (const [index, { victim, afterMs }] of killsOf(seed).entries()) {
      clients.resume();
      const before = clients.answered();
      await expect.poll(() => clients.answered(), { timeout: 60_000, interval: 5 }).toBeGreaterThan(before);
      await delay(afterMs);
      system.strike(victim);
      await Promise.all([clients.pause(), system.revive()]);
      await system.hurry();
      const kill = `kill ${index + 1}: ${victim} after ${afterMs} ms, seed ${seed}`;
      expect(await system.verify(written.path), kill).toEqual(ALL_HOLD);
    }
    await load.stop();
    expect(clients.cutOff(), 'requests cut off by kills').toBeGreaterThan(KILLS);
    expect(await system.verify(written.path), `seed ${seed}`).toEqual(ALL_HOLD);
  }, 1_200_000);

  it('would have been told of a reservation that was lost', async () => {
    const lost = {
      reservationId: 'res_lost',
      eventId: houses.eventId,
      seatIds: [1],
      places: [],
      expiresAt: '2026-01-01T00:00:00Z',
    };
    appendFileSync(written.path, `${JSON.stringify({ told: 'reserve', userId: 'usr_lost', idempotencyKey: 'lost', ...lost })}\n`);
    const { code, otherwise } = await system.verify(written.path);
    expect(code).toBe(1);
    expect(otherwise).toMatchObject([
      { invariant: 2, violations: [{ what: 'acknowledged reservations that are gone', total: 1 }] },
    ]);
  }, 120_000);
});

/** The program gives a server up that dies again and again, so no two kills of the server alone follow one another. */
function killsOf(seed: number): { victim: Victim; afterMs: number }[] {
  const random = seededRandom(seed);
  let last: Victim = 'PostgreSQL';
  return Array.from({ length: KILLS }, () => {
    const victims = [['program', 70] as const, ['both', 15] as const, ['PostgreSQL', last === 'PostgreSQL' ? 0 : 15] as const];
    last = pick<Victim>(random, victims);
    return { victim: last, afterMs: Math.round(AFTER_MS.min + random() * (AFTER_MS.max - AFTER_MS.min)) };
  });
}
