import { execFile } from 'node:child_process';
import { copyFileSync, cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Environment } from '../../platform/config/settings.ts';
import { buy, clientOf, makeEvent } from '../support/buyer.ts';
import { makeDataDir, removeDataDir, spawnSystem, type SpawnedSystem } from '../support/system.ts';
import { journalFile } from './journal-file.ts';
import { startLoad, type Load } from './load.ts';
import { patientClients } from './patient-clients.ts';

/** The drill of docs/operations.md: a backup in the middle of a sale, restored elsewhere, checked, and sold from. */

const ONSALE = fileURLToPath(new URL('../../bin/onsale.ts', import.meta.url));
const SETTINGS = { PAYMENT_LATENCY_MS: '0-20', PAYMENT_SUCCESS_RATE: '1' };
const SEATS = 4_000;
const BUYERS = 8;
const SETTLE = '60s';

const folder = mkdtempSync(join(tmpdir(), 'onsale-backup-'));
const [early, late, mixed] = ['early', 'late', 'mixed'].map((name) => join(folder, name)) as [string, string, string];
const journal = join(folder, 'acks.ndjson');
const toldBefore = join(folder, 'told-before.ndjson');
const restored = [makeDataDir(), makeDataDir()] as const;

let system: SpawnedSystem;
let secret: string;
let eventId: string;
let load: Load;

type Said = { code: number; out: string; error: string };

function onsale(dataDir: string, args: string[], settings: Environment = SETTINGS): Promise<Said> {
  const env = {
    PATH: process.env['PATH'],
    HOME: process.env['HOME'],
    ONSALE_DEMO: 'false',
    ONSALE_DATA_DIR: dataDir,
    ...settings,
  };
  return new Promise((resolve) => {
    execFile(process.execPath, [ONSALE, ...args], { env }, (error, out, said) =>
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, out, error: said }),
    );
  });
}

async function moreReserved(count: number): Promise<void> {
  const target = load.journal.reserved.length + count;
  await expect.poll(() => load.journal.reserved.length, { timeout: 60_000, interval: 20 }).toBeGreaterThanOrEqual(target);
}

beforeAll(async () => {
  system = await spawnSystem({ settings: SETTINGS });
  secret = readFileSync(join(system.dataDir, 'jwt.secret'), 'utf8').trim();
  const rows = Array.from({ length: SEATS / 50 }, (_, row) => ({ row: `R${row}`, seats: 50 }));
  const sections = [
    { section: 'Stalls', kind: 'SEATED', priceCents: 2_500, rows },
    { section: 'Floor', kind: 'GENERAL_ADMISSION', priceCents: 1_000, capacity: 100 },
  ];
  eventId = await makeEvent(clientOf(system.url, secret, ['organizer']), sections);
  const clients = patientClients({ url: () => system.url, jwtSecret: secret, written: journalFile(journal) });
  load = startLoad(clients, eventId, { seats: SEATS, buyers: BUYERS });
}, 90_000);
afterAll(async () => {
  await system.remove();
  for (const dataDir of restored) await removeDataDir(dataDir);
  rmSync(folder, { recursive: true });
});

describe('a backup in the middle of a sale', () => {
  it('is taken without stopping it, with a pause that nobody notices', async () => {
    await moreReserved(40);
    copyFileSync(journal, toldBefore);
    const said = await onsale(system.dataDir, ['backup', early]);
    expect(said, said.error).toMatchObject({ code: 0, out: expect.stringContaining('6 databases') });
    await moreReserved(40);
    expect((await onsale(system.dataDir, ['backup', late])).code).toBe(0);
    await load.stop();
    const { pausedMs } = JSON.parse(readFileSync(join(early, 'manifest.json'), 'utf8'));
    expect(pausedMs).toBeLessThan(2_000);
    expect(await system.stop()).toBe(0);
  }, 120_000);

  it('is neither written over another nor restored over data', async () => {
    const refused = await onsale(system.dataDir, ['restore', early]);
    expect(refused.code).toBe(1);
    expect(refused.error).toMatch(/is not empty: its table \w+ has rows/);
    expect((await onsale(system.dataDir, ['backup', early])).error).toContain('is not empty');
  }, 60_000);

  it('becomes a system in which every promise holds, that knows what was told before, and goes on selling', async () => {
    const [dataDir] = restored;
    const said = await onsale(dataDir, ['restore', early]);
    expect(said, said.error).toMatchObject({ code: 0, out: expect.stringContaining('Restored as of') });
    const again = await spawnSystem({ settings: SETTINGS, dataDir });
    try {
      const buyer = clientOf(again.url, secret);
      const { order, charge } = await buy(buyer, eventId, { places: [{ section: 'Floor', quantity: 2 }] });
      expect(charge.status).toBe(201);
      const settled = await buyer.get(`/v1/orders/${order.orderId}?waitFor=CONFIRMED&timeoutMs=20000`);
      expect(settled.body.status).toBe('CONFIRMED');
      const checked = await onsale(dataDir, ['verify', '--settle', SETTLE, '--journal', toldBefore]);
      expect(checked, checked.out + checked.error).toMatchObject({ code: 0 });
      expect(checked.out.match(/^\d {2}holds/gm)).toHaveLength(8);
      expect(checked.out).not.toContain('not settled');
    } finally {
      expect(await again.stop()).toBe(0);
    }
  }, 120_000);

  it('would break promises if its databases were not of one moment', async () => {
    cpSync(late, mixed, { recursive: true });
    rmSync(join(mixed, 'seating'), { recursive: true });
    cpSync(join(early, 'seating'), join(mixed, 'seating'), { recursive: true });
    const [older, newer] = [early, late].map((from) => JSON.parse(readFileSync(join(from, 'manifest.json'), 'utf8')));
    const isSeating = ({ owner }: { owner: string }): boolean => owner === 'seating';
    newer.databases = [...newer.databases.filter((one: any) => !isSeating(one)), older.databases.find(isSeating)];
    writeFileSync(join(mixed, 'manifest.json'), JSON.stringify(newer));
    const [, dataDir] = restored;
    expect((await onsale(dataDir, ['restore', mixed])).code).toBe(0);
    const checked = await onsale(dataDir, ['verify', '--settle', '0s']);
    expect(checked.code, checked.out).toBe(1);
    expect(checked.out).toContain('BROKEN');
  }, 120_000);
});
