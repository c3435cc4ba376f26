import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { clientOf, makeEvent } from '../support/buyer.ts';
import { runTour } from '../support/readme-tour.ts';
import { journalFile } from './journal-file.ts';
import { startLoad } from './load.ts';
import { startMortalServices, type MortalServices } from './mortal-services.ts';
import { ALL_HOLD } from './mortal-system.ts';
import { patientClients } from './patient-clients.ts';

/** Every service in a process of its own, as `npm run start:services` has them. */

const JWT_SECRET = 'a secret of the fault tests, long enough';
const SEATS = 2_000;
const BUYERS = 8;
const BACK_WITHIN_MS = 10_000;

let services: MortalServices;
const folder = mkdtempSync(join(tmpdir(), 'onsale-services-'));
const written = journalFile(join(folder, 'acks.ndjson'));
beforeAll(async () => {
  services = await startMortalServices({ JWT_SECRET, PAYMENT_LATENCY_MS: '0-20' });
}, 120_000);
afterAll(async () => {
  await services?.remove();
  rmSync(folder, { recursive: true });
});

describe('every service in its own process', () => {
  it('shows the tour of the README', async () => {
    await expect(runTour(services.url)).resolves.toBeUndefined();
  }, 60_000);

  it('heals when killed, one after the other under load: nothing is lost, and browsing goes on', async () => {
    const rows = Array.from({ length: SEATS / 50 }, (_none, row) => ({ row: `R${row}`, seats: 50 }));
    const sections = [{ section: 'Stalls', kind: 'SEATED', priceCents: 2_500, rows }];
    const eventId = await makeEvent(clientOf(services.url, JWT_SECRET, ['organizer']), sections);
    const clients = patientClients({ url: () => services.url, jwtSecret: JWT_SECRET, written });
    const { journal, stop } = startLoad(clients, eventId, { seats: SEATS, buyers: BUYERS });
    const browsing = browse(services.url, [
      '/v1/events?limit=20',
      `/v1/events/${eventId}`,
      `/v1/seats/status?eventId=${eventId}`,
    ]);
    const more = async (): Promise<void> => {
      const target = journal.reserved.length + 10;
      await expect.poll(() => journal.reserved.length, { timeout: 30_000, interval: 20 }).toBeGreaterThanOrEqual(target);
    };
    // One of each kind behind the door.
    const behind = services.names.filter((name) => name !== 'gateway' && !name.endsWith('-2'));
    expect(behind).toEqual(['users', 'catalog', 'seating-1', 'orders', 'payments-1']);
    for (const name of behind) {
      await more();
      expect(await services.killAndSeeItBack(name), name).toBeLessThan(BACK_WITHIN_MS);
    }
    await more();
    const { answered, failures } = await browsing.stop();
    expect(failures).toEqual([]);
    expect(answered).toBeGreaterThan(100);
    // Nobody sees anything without the door, but it comes back like the others.
    expect(await services.killAndSeeItBack('gateway')).toBeLessThan(BACK_WITHIN_MS);
    await more();
    await stop();
    const seats = journal.reserved.flatMap(({ seatIds }) => seatIds);
    expect(new Set(seats).size).toBe(seats.length);
    for (const { buyer, orderId } of journal.paid) {
      const order = await buyer.send('GET', `/v1/orders/${orderId}?waitFor=CONFIRMED&timeoutMs=20000`);
      expect(order?.body).toMatchObject({ orderId, status: 'CONFIRMED' });
    }
    expect(await services.verify(written.path)).toEqual(ALL_HOLD);
  }, 180_000);

  it('ends whole with one Ctrl-C', async () => {
    const pids = services.names.map((name) => services.pidOf(name));
    expect(await services.stop()).toBe(0);
    expect(pids.filter(isRunning)).toEqual([]);
    expect(services.output()).not.toMatch(/could not be stopped in order/);
  }, 60_000);
});

/** Somebody who looks at these pages all the time. `failures`: what was not answered with 200. */
function browse(url: string, paths: readonly string[]) {
  let stopping = false;
  let answered = 0;
  const failures: string[] = [];
  const finished = (async () => {
    while (!stopping) {
      for (const path of paths) {
        const status = await fetch(url + path).then(
          async (answer) => (await answer.text(), answer.status),
          (error: unknown) => String(error),
        );
        if (status === 200) answered += 1;
        else failures.push(`${path}: ${status}`);
      }
      await delay(20);
    }
  })();
  return {
    stop: async () => {
      stopping = true;
      await finished;
      return { answered, failures };
    },
  };
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
