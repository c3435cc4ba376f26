import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { testDatabase } from '../../test/support/postgres.ts';
import type { TestDatabase } from '../../test/support/postgres.ts';
import { temporaryFolder } from '../../test/support/temporary-folder.ts';
import { createDatabaseIfMissing } from './create-database.ts';
import { sql } from './database.ts';
import { migrate } from './migrate.ts';

let test: TestDatabase;
let folder: string;
beforeEach(async () => {
  test = await testDatabase([]);
  folder = temporaryFolder();
});
afterEach(async () => {
  await test.drop();
  await rm(folder, { recursive: true });
});

async function directory(path: string, files: Record<string, string>): Promise<URL> {
  const at = join(folder, path);
  await mkdir(at, { recursive: true });
  for (const [name, text] of Object.entries(files)) await writeFile(join(at, name), text);
  return pathToFileURL(`${at}/`);
}

const tables = async (): Promise<string[]> => {
  const text = `SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'schema_migration' ORDER BY 1`;
  return (await test.database.rows<{ name: string }>(sql('test.tables', text))).map(({ name }) => name);
};
const run = (...directories: URL[]): Promise<string[]> => migrate({ connectionString: test.connectionString, directories });

describe('migrate', () => {
  it('applies what is missing, folder by folder, in order of number', async () => {
    const shared = await directory('platform/migrations', {
      '0001_outbox.sql': 'CREATE TABLE outbox (id int); CREATE TABLE inbox (id int);',
    });
    const own = await directory('seating/migrations', {
      '0002_b.sql': 'ALTER TABLE a ADD b int;',
      '0001_a.sql': 'CREATE TABLE a (id int);',
    });
    expect(await run(shared, own)).toEqual(['platform/0001_outbox.sql', 'seating/0001_a.sql', 'seating/0002_b.sql']);
    expect(await run(shared, own)).toEqual([]);
    await directory('seating/migrations', { '0003_c.sql': 'CREATE TABLE c (id int);' });
    expect(await run(shared, own)).toEqual(['seating/0003_c.sql']);
    expect(await tables()).toEqual(['a', 'c', 'inbox', 'outbox']);
  });

  it('lets processes that start together wait for one another', async () => {
    const own = await directory('seating/migrations', { '0001_a.sql': 'SELECT pg_sleep(0.1); CREATE TABLE a (id int);' });
    const applied = await Promise.all(Array.from({ length: 4 }, () => run(own)));
    expect(applied.flat()).toEqual(['seating/0001_a.sql']);
  });

  it('leaves nothing of a file that fails, and keeps those before it', async () => {
    const own = await directory('seating/migrations', {
      '0001_a.sql': 'CREATE TABLE a (id int);',
      '0002_b.sql': 'CREATE TABLE b (id int); SELECT 1/0;',
    });
    await expect(run(own)).rejects.toThrow('seating/0002_b.sql failed and left nothing behind: division by zero');
    expect(await tables()).toEqual(['a']);
  });

  it('refuses a file that was edited after it was applied, but not one with other line ends', async () => {
    const own = await directory('seating/migrations', { '0001_a.sql': 'CREATE TABLE a (\n id int);' });
    await run(own);
    await directory('seating/migrations', { '0001_a.sql': 'CREATE TABLE a (\r\n id int);' });
    expect(await run(own)).toEqual([]);
    await directory('seating/migrations', { '0001_a.sql': 'CREATE TABLE a (\n id bigint);' });
    await expect(run(own)).rejects.toThrow('seating/0001_a.sql was edited after it had been applied');
  });

  it('refuses a database that is ahead of the program', async () => {
    const own = await directory('seating/migrations', { '0001_a.sql': 'SELECT 1', '0002_b.sql': 'SELECT 1' });
    await run(own);
    await rm(new URL('0002_b.sql', own));
    await expect(run(own)).rejects.toThrow('seating/0002_b.sql, which this version of the program does not know');
  });

  it('refuses a number that comes too late, and a name that is no number', async () => {
    const own = await directory('seating/migrations', { '0002_b.sql': 'SELECT 1' });
    await run(own);
    await directory('seating/migrations', { '0001_a.sql': 'SELECT 1' });
    await expect(run(own)).rejects.toThrow('seating/0001_a.sql would come before seating/0002_b.sql');
    const odd = await directory('odd', { 'first.sql': 'SELECT 1' });
    await expect(run(odd)).rejects.toThrow('0001_what_it_does.sql');
  });

  it('gives up on a lock that is held for too long, saying so', async () => {
    const own = await directory('seating/migrations', { '0001_a.sql': 'SELECT pg_sleep(0.7)' });
    const holder = run(own);
    const sleeping = sql(
      'test.sleeping',
      `SELECT 1 FROM pg_stat_activity WHERE query LIKE '%pg_sleep(0.7)%' AND datname = current_database() AND pid <> pg_backend_pid()`,
    );
    while ((await test.database.rows(sleeping)).length === 0);
    const waiting = migrate({ connectionString: test.connectionString, directories: [own], lockTimeoutMs: 50 });
    await expect(waiting).rejects.toThrow('Another process has been migrating this database for too long');
    await holder;
  });
});

describe('createDatabaseIfMissing', () => {
  it('makes the database once, also when several processes want it at the same time', async () => {
    const name = `made_${Date.now()}-ü`;
    const urls = await Promise.all(Array.from({ length: 4 }, () => createDatabaseIfMissing(test.connectionString, name)));
    expect(new Set(urls).size).toBe(1);
    const own = await directory('own/migrations', { '0001_a.sql': 'CREATE TABLE a (id int)' });
    expect(await migrate({ connectionString: urls[0] ?? '', directories: [own] })).toEqual(['own/0001_a.sql']);
    await test.database.run(sql('test.drop_made', `DROP DATABASE "${name}"`));
  });

  it('says what to do when the user may not', async () => {
    await test.database.run(sql('test.role', `CREATE ROLE meek LOGIN PASSWORD 'meek'`));
    const meek = new URL(test.connectionString);
    meek.username = 'meek';
    meek.password = 'meek';
    await expect(createDatabaseIfMissing(meek.href, 'never')).rejects.toThrow('may not create the database "never"');
    await test.database.run(sql('test.drop_role', 'DROP ROLE meek'));
  });

  it('says which server cannot be reached, and whom it does not let in, without the password', async () => {
    const { host } = new URL(test.connectionString);
    const nobody = new URL(test.connectionString);
    nobody.username = 'nobody';
    nobody.password = 'hunter2';
    const refused = await createDatabaseIfMissing(nobody.href, 'never').catch(String);
    expect(refused).toMatch(new RegExp(`^StartupError: The PostgreSQL server at ${host} does not let in the user "nobody"`));
    expect(refused).not.toContain('hunter2');
    const nowhere = createDatabaseIfMissing('postgres://onsale@127.0.0.1:1/postgres', 'never');
    await expect(nowhere).rejects.toThrow('127.0.0.1:1 cannot be reached (connect ECONNREFUSED 127.0.0.1:1). Start it');
  });
});
