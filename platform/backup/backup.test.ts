import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { testDatabase, type TestDatabase } from '../../test/support/postgres.ts';
import { temporaryFolder } from '../../test/support/temporary-folder.ts';
import { sql } from '../postgres/database.ts';
import { migrate } from '../postgres/migrate.ts';
import { backUp, type BackupOptions } from './back-up.ts';
import { checkWhole, restore, type RestoreOptions } from './restore.ts';
import { inOrderOfReference } from './tables.ts';

const MIGRATION = `
  CREATE TABLE zone (zone_id text PRIMARY KEY);
  CREATE TABLE account (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, zone_id text REFERENCES zone, name text NOT NULL,
    lower_name text NOT NULL GENERATED ALWAYS AS (lower(name)) STORED,
    secret bytea, tags text[], facts jsonb, price numeric, ratio float8, made_at timestamptz
  );
  CREATE FUNCTION twice(integer) RETURNS integer LANGUAGE sql RETURN $1 * 2;
  INSERT INTO zone VALUES ('made by the migration');`;
const FILL = sql(
  'test.fill',
  `INSERT INTO account (zone_id, name, secret, tags, facts, price, ratio, made_at)
   SELECT 'made by the migration', name, '\\x00ff10', ARRAY['a', NULL, 'tab	and "quote"'], '{"a": [1, null]}', 12.50, 0.1::float8 + number, to_timestamp(1e9 + number / 1e6)
   FROM (SELECT number, E'Zażółć \\\\N \\t \\r\\n 🎟 ' || number AS name FROM generate_series(1, 1000) AS number) AS made`,
);
const ALL = sql('test.all', 'SELECT account::text AS row FROM account ORDER BY id');
const ADD = sql('test.add', `INSERT INTO account (name) VALUES ('later') RETURNING id::int`);

let folder: string;
let source: TestDatabase;
let target: TestDatabase;
let migrations: URL[];
const lines: string[] = [];

beforeEach(async () => {
  folder = temporaryFolder();
  mkdirSync(join(folder, 'shop', 'migrations'), { recursive: true });
  writeFileSync(join(folder, 'shop', 'migrations', '0001_shop.sql'), MIGRATION);
  migrations = [pathToFileURL(join(folder, 'shop', 'migrations/'))];
  [source, target] = [await testDatabase([]), await testDatabase([])];
  await migrate({ connectionString: source.connectionString, directories: migrations });
  await source.database.run(FILL);
});
afterEach(async () => {
  await source.drop();
  await target.drop();
  rmSync(folder, { recursive: true });
});

const here = (name: string): string => join(folder, name);

function backup(changes: Partial<BackupOptions> = {}) {
  const databases = [{ owner: 'shop', migrations, connectionString: source.connectionString }];
  const onProgress = (line: string): void => void lines.push(line);
  return backUp({ databases, folder: here('backup'), kept: [], signal: new AbortController().signal, onProgress, ...changes });
}

function restoreIt(changes: Partial<RestoreOptions> = {}) {
  return restore({
    folder: here('backup'),
    schemas: [{ owner: 'shop', migrations }],
    addresses: async () => [{ owner: 'shop', migrations, connectionString: target.connectionString }],
    keptFolder: null,
    replace: false,
    signal: new AbortController().signal,
    onProgress: (line) => void lines.push(line),
    ...changes,
  });
}

const start = () => migrate({ connectionString: target.connectionString, directories: migrations });

describe('a backup', () => {
  it('restores every value as it was, and goes on counting', async () => {
    const { databases } = await backup();
    expect(databases[0]?.tables.map(({ name, rows }) => [name, rows])).toEqual([
      ['zone', 1],
      ['account', 1000],
    ]);
    await restoreIt();
    expect(await target.database.rows(ALL)).toEqual(await source.database.rows(ALL));
    expect(await target.database.rows(ADD)).toEqual([{ id: 1001 }]);
    expect(await start()).toEqual([]);
    expect(lines).toContain('shop.account: 1,000 rows');
  });

  it('is brought up to date by the next start when it is of an older version', async () => {
    await backup();
    writeFileSync(
      join(folder, 'shop', 'migrations', '0002_more.sql'),
      `ALTER TABLE account ADD more text; UPDATE account SET more = 'x'`,
    );
    await restoreIt();
    expect(await start()).toEqual(['shop/0002_more.sql']);
    const [row] = await target.database.rows<{ count: number }>(
      sql('test.more', `SELECT count(*)::int AS count FROM account WHERE more = 'x'`),
    );
    expect(row?.count).toBe(1000);
  });

  it('brings the kept files along, readable by their owner only', async () => {
    writeFileSync(here('jwt.secret'), 'a secret\n');
    const kept = ['jwt.secret', 'not-there'].map((name) => ({ name, path: here(name) }));
    expect((await backup({ kept })).kept.map(({ name }) => name)).toEqual(['jwt.secret']);
    await restoreIt({ keptFolder: here('data') });
    expect(readFileSync(join(here('data'), 'jwt.secret'), 'utf8')).toBe('a secret\n');
  });

  it('leaves nothing when it is cut off, and is never written over another', async () => {
    const stopped = new AbortController();
    const cut = backup({ signal: stopped.signal, onProgress: () => stopped.abort() });
    await expect(cut).rejects.toThrow();
    expect(readdirSync(folder)).toEqual(['shop']);
    await backup();
    await expect(backup()).rejects.toThrow('is not empty');
    expect((await source.database.rows(ADD)).length).toBe(1);
  });

  it('is refused where there is nothing', async () => {
    const databases = [{ owner: 'shop', migrations, connectionString: target.connectionString }];
    await expect(backup({ databases })).rejects.toThrow('nothing to back up in the databases of shop');
  });
});

describe('a restore', () => {
  beforeEach(() => backup());

  it('refuses what is not empty, unless it may be replaced', async () => {
    await start();
    await expect(restoreIt()).rejects.toThrow('its table zone has rows');
    const other = new pg.Client({ connectionString: target.connectionString });
    await other.connect();
    await other.query('CREATE TABLE own AS SELECT 1 AS a');
    await other.end();
    await restoreIt({ replace: true });
    expect(await target.database.rows(ALL)).toEqual(await source.database.rows(ALL));
    await expect(target.database.run(sql('test.gone', 'SELECT FROM own'))).rejects.toThrow('does not exist');
  });

  it('refuses while the program is at work', async () => {
    const working = sql('test.work', `SELECT set_config('application_name', 'onsale shop', false)`);
    await target.database.rows(working);
    await expect(restoreIt()).rejects.toThrow('Onsale is at work on the database of shop (onsale shop)');
  });

  it.each<[string, RegExp, () => void]>([
    ['lacks a file', /account.copy.gz is missing/, () => rmSync(here('backup/shop/account.copy.gz'))],
    [
      'has a shorter file',
      /account.copy.gz is damaged: it has 10 bytes/,
      () => truncateSync(here('backup/shop/account.copy.gz'), 10),
    ],
    ['has another byte', /contents are not what was written/, () => flipByte(here('backup/shop/account.copy.gz'))],
    ['does not say what it is', /is no whole backup/, () => rmSync(here('backup/manifest.json'))],
    ['is of a newer version', /newer version of Onsale/, () => edit('"format": 1', '"format": 2')],
    ['has a damaged manifest', /is damaged/, () => edit('"databases"', '"data"')],
    ['leads out of its folder', /is damaged/, () => edit('shop/account.copy.gz', '../account.copy.gz')],
    ['has another schema', /has the migration shop\/0001_shop.sql/, () => edit(/"checksum": "../, '"checksum": "zz')],
  ])('changes nothing when the backup %s', async (_, problem, damage) => {
    damage();
    await expect(restoreIt()).rejects.toThrow(problem);
    await expect(
      checkWhole({
        folder: here('backup'),
        schemas: [{ owner: 'shop', migrations }],
        signal: new AbortController().signal,
        onProgress: () => undefined,
      }),
    ).rejects.toThrow(problem);
    expect(await start()).toEqual(['shop/0001_shop.sql']);
  });

  it('refuses an older server', async () => {
    edit(/"postgres": "\d+/, '"postgres": "99');
    await expect(restoreIt()).rejects.toThrow(/made on PostgreSQL 99.*older 18/);
  });

  it('that was cut off lets nobody start, and runs again to its end', async () => {
    const stopped = new AbortController();
    const cut = restoreIt({ signal: stopped.signal, onProgress: (line) => line.startsWith('shop.zone') && stopped.abort() });
    await expect(cut).rejects.toThrow();
    await expect(start()).rejects.toThrow('was cut off, so it is not whole');
    await restoreIt();
    expect(await start()).toEqual([]);
    expect(await target.database.rows(ALL)).toEqual(await source.database.rows(ALL));
  });
});

describe('inOrderOfReference', () => {
  const table = (name: string) => ({ name, columns: [] });
  it('puts what others refer to first', () => {
    const tables = ['a', 'b', 'c', 'd'].map(table);
    const references = [
      { from: 'a', to: 'c' },
      { from: 'c', to: 'd' },
    ];
    expect(inOrderOfReference(tables, references).map(({ name }) => name)).toEqual(['d', 'c', 'a', 'b']);
  });
  it('bears circles', () => {
    const references = [
      { from: 'a', to: 'b' },
      { from: 'b', to: 'a' },
    ];
    expect(inOrderOfReference([table('a'), table('b')], references)).toHaveLength(2);
  });
});

function edit(from: string | RegExp, to: string): void {
  const path = here('backup/manifest.json');
  const text = readFileSync(path, 'utf8');
  const edited = text.replace(from, to);
  expect(edited).not.toBe(text);
  writeFileSync(path, edited);
}

function flipByte(path: string): void {
  const bytes = readFileSync(path);
  bytes[bytes.length - 20] = (bytes[bytes.length - 20] ?? 0) ^ 1;
  writeFileSync(path, bytes);
  expect(existsSync(path)).toBe(true);
}
