import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeDatabases } from '../test/support/system.ts';
import type { Verdict } from './report.ts';
import { runVerify } from './run-verify.ts';
import { forgetLargeSale, journalOfLargeSale, plantLargeSale } from './test-large-sale.ts';

const RESERVATIONS = 12_000;
const VERIFIED_WITHIN_MS = 60_000;

let databases: Awaited<ReturnType<typeof makeDatabases>>;
let folder: string;
let journal: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'onsale-journal-'));
  journal = join(folder, 'told.ndjson');
  writeFileSync(journal, [...journalOfLargeSale(RESERVATIONS)].join(''));
  databases = await makeDatabases();
  // As of an onsale that has only just begun: whoever trusts such statistics joins the tables row by row.
  await plantLargeSale(databases.databaseOf, 4);
  await forgetLargeSale(databases.databaseOf);
  await plantLargeSale(databases.databaseOf, RESERVATIONS);
});
afterAll(async () => {
  await databases.drop();
  rmSync(folder, { recursive: true });
});

describe('verify of a large sale', () => {
  it(
    'goes through pages of everything, whatever the statistics say, and tells how far it is',
    async () => {
      const said: string[] = [];
      const progress: string[] = [];
      const how = { settleMs: 0, journal, json: true, onProgress: (doing: string) => progress.push(doing) };
      expect(await runVerify(databases.settings(), how, (line) => said.push(line))).toBe(0);
      const { verdicts }: { verdicts: Verdict[] } = JSON.parse(said.join(''));
      expect(verdicts.map((one) => `${one.verdict}: ${one.verdict === 'holds' ? one.looked : ''}`)).toEqual([
        'holds: 3000 seats with tickets',
        'holds: 12000 acknowledged reservations',
        'holds: 6000 paid orders, 6000 with tickets',
        'holds: 12000 reservations, 3000 of them ended',
        'holds: 6000 captured payments, 0 of them too late and given back',
        'holds: 0 domain events handled, 9000 orders compared',
        'holds: 27000 keys, 0 answers to repeats',
        'holds: 60000 domain events against 6000 seats, 9000 orders, 9000 payments and refunds',
      ]);
      expect(progress.map((doing) => doing.slice(0, 2))).toEqual(['wa', 're', '1:', '2:', '3:', '4:', '5:', '6:', '7:', '8:']);
    },
    VERIFIED_WITHIN_MS,
  );

  it(
    'shows a few rows of a violation and counts all of them',
    async () => {
      await databases
        .databaseOf('seating')
        .run({ name: 'test.seats_freed', text: `update seat_state set status = 'A', reservation_id = null` });
      const said: string[] = [];
      expect(await runVerify(databases.settings(), { settleMs: 0, json: true }, (line) => said.push(line))).toBe(1);
      const { verdicts }: { verdicts: Verdict[] } = JSON.parse(said.join(''));
      const broken = verdicts.filter((one) => one.verdict === 'broken');
      expect(
        broken.map(({ invariant, violations }) => [
          invariant,
          ...violations.map(({ what, total, rows }) => [what, total, rows.length]),
        ]),
      ).toEqual([
        [1, ['live tickets for seats that seating has not allocated to their order', 3_000, 20]],
        [4, ['live reservations that do not hold all their seats', 6_000, 20]],
        [8, ['seats that are not as the log says', 6_000, 20]],
      ]);
    },
    3 * VERIFIED_WITHIN_MS,
  );
});
