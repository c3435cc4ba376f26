import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SimulationReport } from '../../bench/simulate/report.ts';
import type { Environment } from '../../platform/config/settings.ts';
import { spawnSystem, type SpawnedSystem } from '../support/system.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const ONSALE = fileURLToPath(new URL('../../bin/onsale.ts', import.meta.url));
const JWT_SECRET = 'a secret of the simulation, long enough';
/** Enough that replies are lost, cards declined, and holds abandoned, for sure with this seed. */
const CROWD = ['--buyers', '400', '--seats', '100', '--events', '2', '--concurrency', '30', '--hold', '2', '--seed', '11'];
const SHARES = ['--share', 'lost=0.1,repeated=0.1,abandoned=0.15,cancelled=0.1,declined=0.15'];

type Ended = { code: number | null; out: string };

async function onsale(
  args: string[],
  settings: Environment,
  onOutput: (out: string, kill: () => void) => void = () => undefined,
) {
  const env = { PATH: process.env['PATH'], HOME: process.env['HOME'], ...settings };
  const child = spawn(process.execPath, [ONSALE, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const ended: Ended = { code: null, out: '' };
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (data) => {
      ended.out += String(data);
      onOutput(ended.out, () => child.kill('SIGINT'));
    });
  [ended.code] = await once(child, 'close');
  return ended;
}

const folder = temporaryFolder();
const reportIn = (name: string): SimulationReport => JSON.parse(readFileSync(join(folder, name, 'report.json'), 'utf8'));
let system: SpawnedSystem;
let settings: Environment;

beforeAll(async () => {
  system = await spawnSystem({ settings: { JWT_SECRET, PAYMENT_LATENCY_MS: '0-20' } });
  settings = { ONSALE_DATA_DIR: system.dataDir, JWT_SECRET };
}, 90_000);
afterAll(async () => {
  await system.remove();
  rmSync(folder, { recursive: true });
});

describe('onsale simulate', () => {
  it('sells out, oversells nothing, keeps every promise, and says so in a report', async () => {
    const args = ['simulate', '--url', system.url, ...CROWD, ...SHARES, '--report', join(folder, 'sale')];
    const { code, out } = await onsale(args, settings);
    const report = reportIn('sale');
    expect(report.failures, out).toEqual([]);
    expect(code).toBe(0);
    expect(report).toMatchObject({ outcome: 'SOLD_OUT', totalSeats: 100, oversold: 0, buyersCame: 400, deadlocks: 0 });
    expect(report.soldOutSeconds).toBeLessThanOrEqual(report.elapsedSeconds);
    expect(report.verify).toMatchObject({ checked: true, settled: true });
    const { verify } = report;
    expect(verify.checked && verify.verdicts.map(({ verdict }) => verdict)).toEqual(Array.from({ length: 8 }, () => 'holds'));
    // Everything that was to happen did: replies were lost, cards declined, holds abandoned, orders cancelled.
    expect(report.repeats['lost reply']).toBeGreaterThan(0);
    expect(report.repeats['answered before']).toBeGreaterThan(0);
    expect(report.replays).toBeGreaterThan(0);
    expect(report.refusals['charge PAYMENT_DECLINED']).toBeGreaterThan(0);
    expect(report.endings.abandoned).toBeGreaterThan(0);
    expect(report.endings.cancelled).toBeGreaterThan(0);
    const ended = Object.values(report.endings).reduce((sum, count) => sum + count, 0);
    expect(ended).toBe(400);
    expect(report.latency.booking?.count).toBeGreaterThan(20);
    expect(out).toContain('Sold out: ');
    expect(readFileSync(join(folder, 'sale', 'report.html'), 'utf8')).toContain('<h1>Sold out in ');
  }, 120_000);

  it('wrote a journal with which verify finds a lie', async () => {
    const path = join(folder, 'sale', 'journal.ndjson');
    const lines = readFileSync(path, 'utf8').trimEnd().split('\n');
    const told = lines.findIndex((line) => line.includes('"told":"reserve"'));
    const other = { ...JSON.parse(lines[told] ?? ''), seatIds: [], places: [{ section: 'Standing', quantity: 9 }] };
    const lie = join(folder, 'lie.ndjson');
    writeFileSync(lie, `${lines.with(told, JSON.stringify(other)).join('\n')}\n`);
    const honest = await onsale(['verify', '--journal', path, '--settle', '30s'], settings);
    expect(honest.code, honest.out).toBe(0);
    const { code, out } = await onsale(['verify', '--journal', lie, '--settle', '30s'], settings);
    expect(code).toBe(1);
    expect(out).toMatch(/2 {2}BROKEN/);
  }, 120_000);

  it('starts a system of its own, ends with a report when it is interrupted, and leaves nothing behind', async () => {
    const tmp = join(folder, 'tmp');
    mkdirSync(tmp);
    const args = ['simulate', '--buyers', '1000000', '--seats', '20000', '--report', join(folder, 'cut')];
    let isOpen = false;
    const { code, out } = await onsale(args, { TMPDIR: tmp }, (said, interrupt) => {
      if (isOpen || !said.includes('opening the sale')) return;
      isOpen = true;
      setTimeout(interrupt, 1_000);
    });
    expect(code, out).toBe(1);
    const report = reportIn('cut');
    expect(report).toMatchObject({ outcome: 'INTERRUPTED', verify: { checked: false }, system: { own: true } });
    expect(report.failures).toEqual(['Stopped before the end.']);
    expect(report.buyersCame).toBeGreaterThan(0);
    expect(readdirSync(tmp)).toEqual([]);
  }, 120_000);
});
