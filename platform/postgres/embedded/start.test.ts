import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../../test/support/temporary-folder.ts';
import { StartupError } from '../../config/startup-error.ts';
import { sql } from '../database.ts';
import { openDatabase } from '../pool.ts';
import type { OpenDatabase } from '../pool.ts';
import { findBinaries } from './binaries.ts';
import { dataDirectoryAt } from './data-directory.ts';
import { stopServer } from './postmaster-file.ts';
import { processStart } from './process-identity.ts';
import { launchServer } from './server.ts';
import { findEmbeddedPostgres, startEmbeddedPostgres } from './start.ts';
import type { EmbeddedPostgres } from './start.ts';

const KEEPER = new URL('./testing/keep-writing.ts', import.meta.url).pathname;
const WAIT_AT_MOST_MS = 20_000;
const asRoot = process.getuid?.() === 0;

/** A cluster made once, as making one takes seconds; each test works on its own copy. */
let made: string;
let dataDir: string;
let running: EmbeddedPostgres[] = [];
let pools: OpenDatabase[] = [];
let children: ChildProcess[] = [];

beforeAll(async () => {
  made = temporaryFolder();
  const server = await startEmbeddedPostgres({ dataDir: made, durable: false });
  await server.stop();
});
afterAll(() => rmSync(made, { recursive: true, force: true }));
beforeEach(() => {
  dataDir = temporaryFolder();
});
afterEach(async () => {
  for (const child of children) child.kill('SIGKILL');
  await Promise.all(pools.map((pool) => pool.close()));
  await Promise.all(running.map((server) => server.stop()));
  [running, pools, children] = [[], [], []];
  rmSync(dataDir, { recursive: true, force: true });
});

function copyCluster(): void {
  cpSync(made, dataDir, { recursive: true });
  chmodSync(join(dataDir, 'postgres'), 0o700);
}

async function start(durable = false): Promise<EmbeddedPostgres> {
  const server = await startEmbeddedPostgres({ dataDir, durable });
  running.push(server);
  return server;
}

async function refusal(path = dataDir): Promise<string> {
  const error: unknown = await startEmbeddedPostgres({ dataDir: path, durable: false }).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(StartupError);
  return error instanceof Error ? error.message : '';
}

function pool(server: EmbeddedPostgres): OpenDatabase {
  const opened = openDatabase({ connectionString: server.connectionString('postgres'), name: 'test', poolSize: 2 });
  pools.push(opened);
  return opened;
}

async function show(database: OpenDatabase, setting: string): Promise<string> {
  const [row] = await database.rows<{ value: string }>(sql('test.show', 'SELECT current_setting($1) AS value'), [setting]);
  return row?.value ?? '';
}

async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  const deadlineMs = Date.now() + WAIT_AT_MOST_MS;
  while (!(await condition())) {
    if (Date.now() > deadlineMs) throw new Error('waited for too long');
    await delay(20);
  }
}

/** Another process that starts the server and inserts rows until it is killed. */
function keepWriting(): { child: ChildProcess; acknowledged: () => number; serverPid: () => number } {
  const child = spawn(process.execPath, [KEEPER, dataDir], { stdio: ['ignore', 'pipe', 'inherit'] });
  children.push(child);
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const last = (word: string): number =>
    Number(
      output
        .match(new RegExp(`${word} (\\d+)\\n`, 'g'))
        ?.at(-1)
        ?.split(' ')[1] ?? 0,
    );
  return { child, acknowledged: () => last('acknowledged'), serverPid: () => last('server') };
}

describe('the embedded server', () => {
  beforeEach(copyCluster);

  it('keeps its data from one start to the next', async () => {
    const first = await start();
    await pool(first).run(sql('test.create', 'CREATE TABLE kept AS SELECT 42 AS answer'));
    await pools.pop()?.close();
    await first.stop();
    const rows = await pool(await start()).rows(sql('test.kept', 'SELECT answer FROM kept'));
    expect(rows).toEqual([{ answer: 42 }]);
  });

  it('is durable unless a test says otherwise', async () => {
    const database = pool(await start(true));
    expect(await show(database, 'fsync')).toBe('on');
    expect(await show(database, 'synchronous_commit')).toBe('on');
    expect(await show(database, 'full_page_writes')).toBe('on');
  });

  it('listens on the loopback only, asks for its password, and sorts the same everywhere', async () => {
    const server = await start();
    const database = pool(server);
    expect(await show(database, 'listen_addresses')).toBe('127.0.0.1');
    expect(await show(database, 'unix_socket_directories')).toBe('');
    expect(await show(database, 'server_encoding')).toBe('UTF8');
    const locale = sql(
      'test.locale',
      'SELECT datlocprovider AS provider, datlocale AS locale FROM pg_database WHERE datname = current_database()',
    );
    expect(await database.rows(locale)).toEqual([{ provider: 'b', locale: 'C.UTF-8' }]);
    const wrong = new URL(server.connectionString('postgres'));
    wrong.password = 'guess';
    const stranger = openDatabase({ connectionString: wrong.href, name: 'stranger', poolSize: 1 });
    await expect(stranger.rows(locale)).rejects.toThrow('password authentication failed');
    await stranger.close();
    expect(statSync(join(dataDir, 'postgres.password')).mode & 0o777).toBe(0o600);
  });

  it('works in a folder whose path is long, with blanks and letters of any script', async () => {
    const folder = join(dataDir, 'größer als hundert Zeichen, 二倍 '.repeat(6).trim());
    renameSync(join(dataDir, 'postgres'), join(dataDir, 'moved'));
    mkdirSync(folder);
    renameSync(join(dataDir, 'moved'), join(folder, 'postgres'));
    renameSync(join(dataDir, 'postgres.password'), join(folder, 'postgres.password'));
    const server = await startEmbeddedPostgres({ dataDir: folder, durable: false });
    running.push(server);
    expect(await show(pool(server), 'data_directory')).toBe(join(folder, 'postgres'));
  });

  it('can be found by another process while it runs, not after', async () => {
    const server = await start();
    expect((await findEmbeddedPostgres(dataDir))?.('seatingdb')).toBe(server.connectionString('seatingdb'));
    await server.stop();
    expect(await findEmbeddedPostgres(dataDir)).toBeNull();
  });

  it('stops while clients are connected', async () => {
    const server = await start();
    await pool(server).rows(sql('test.one', 'SELECT 1'));
    const { pid } = server;
    await server.stop();
    expect(processStart(pid)).toBeNull();
  });
});

describe('after a crash', () => {
  beforeEach(copyCluster);

  it('of the program, the server it left behind is stopped and no acknowledged row is lost', async () => {
    const writer = keepWriting();
    await until(() => writer.acknowledged() > 100);
    const orphan = writer.serverPid();
    writer.child.kill('SIGKILL');
    await until(() => processStart(writer.child.pid ?? 0) === null);
    expect(processStart(orphan)).not.toBeNull();
    const database = pool(await start());
    expect(processStart(orphan)).toBeNull();
    const [row] = await database.rows<{ count: string }>(sql('test.count', 'SELECT count(*) FROM written'));
    expect(Number(row?.count)).toBeGreaterThanOrEqual(writer.acknowledged());
  });

  it('of the server, it is started again on the same port and no acknowledged row is lost', async () => {
    const server = await start(true);
    const database = pool(server);
    await database.run(sql('test.create', 'CREATE TABLE written (id int)'));
    await database.run(sql('test.insert', 'INSERT INTO written VALUES (1)'));
    const before = server.pid;
    process.kill(before, 'SIGKILL');
    const count = sql('test.count', 'SELECT count(*)::int AS count FROM written');
    await until(() => server.pid !== before);
    await until(() =>
      database.rows(count).then(
        () => true,
        () => false,
      ),
    );
    expect(await database.rows(count)).toEqual([{ count: 1 }]);
  });

  it('a process id in postmaster.pid that another process has now is no server', async () => {
    const { pgData } = dataDirectoryAt(dataDir);
    writeFileSync(join(pgData, 'postmaster.pid'), `${process.ppid}\n${pgData}\n1\n5432\n\n127.0.0.1\n\nready\n`);
    await start();
    expect(processStart(process.ppid)).not.toBeNull();
  });

  it('in the middle of making the cluster, the next start makes it whole', async () => {
    const { pgData } = dataDirectoryAt(dataDir);
    rmSync(pgData, { recursive: true });
    mkdirSync(`${pgData}.new-1`, { mode: 0o700 });
    writeFileSync(join(`${pgData}.new-1`, 'PG_VERSION'), '18\n');
    expect(await show(pool(await start()), 'port')).not.toBe('');
    expect(existsSync(`${pgData}.new-1`)).toBe(false);
  });
});

describe('a start is refused, saying why and what to do,', () => {
  it('when another Onsale uses the directory', async () => {
    copyCluster();
    const writer = keepWriting();
    await until(() => writer.acknowledged() > 0);
    expect(await refusal()).toMatch(new RegExp(`in use by another Onsale \\(process ${writer.child.pid}\\).*ONSALE_DATA_DIR`));
    const before = writer.acknowledged();
    await until(() => writer.acknowledged() > before);
    process.kill(writer.serverPid(), 'SIGKILL');
  });

  it('when the data are of another version of PostgreSQL', async () => {
    copyCluster();
    writeFileSync(join(dataDir, 'postgres', 'PG_VERSION'), '17\n');
    expect(await refusal()).toMatch(/written by PostgreSQL 17; this version brings PostgreSQL \d+, which cannot read them/);
    writeFileSync(join(dataDir, 'postgres', 'PG_VERSION'), '18\n');
    await start();
  });

  it('when the directory holds something else', async () => {
    mkdirSync(join(dataDir, 'postgres'));
    expect(await refusal()).toContain('is no PostgreSQL data directory');
  });

  it('when the directory cannot be made or written', async () => {
    writeFileSync(join(dataDir, 'file'), '');
    expect(await refusal(join(dataDir, 'file', 'inside'))).toMatch(/cannot be used: ENOTDIR.*ONSALE_DATA_DIR/);
    if (asRoot) return;
    const readOnly = join(dataDir, 'read-only');
    mkdirSync(readOnly, { mode: 0o500 });
    expect(await refusal(readOnly)).toMatch(/cannot be used: EACCES/);
    chmodSync(readOnly, 0o700);
  });

  it('when the server does not start, with the end of its log', async () => {
    copyCluster();
    appendFileSync(join(dataDir, 'postgres', 'postgresql.conf'), '\nno_such_setting = 1\n');
    expect(await refusal()).toMatch(/PostgreSQL did not start[^]*unrecognized configuration parameter "no_such_setting"/);
  });

  it('when its password is not the one in the file', async () => {
    copyCluster();
    writeFileSync(join(dataDir, 'postgres.password'), 'other\n');
    expect(await refusal()).toContain('does not take the password');
    rmSync(join(dataDir, 'postgres.password'));
    expect(await show(pool(await start()), 'port')).not.toBe('');
  });

  const saying = (words: string): string => `#!/bin/sh\necho 'unshare: ${words}' >&2\nexit 1\n`;
  it.runIf(asRoot).each([
    [
      'lets root make no user namespace',
      saying('unshare failed: Operation not permitted'),
      /does not let root make a user namespace.*DATABASE_URL/,
    ],
    [
      'keeps root without its powers out',
      saying('failed to execute initdb: Permission denied'),
      /belongs to someone else.*without sudo/,
    ],
    ['has no unshare', null, /is missing.*DATABASE_URL/],
  ])('when this machine %s (only as root)', async (_, unshare, words) => {
    const bin = join(dataDir, 'bin');
    mkdirSync(bin);
    if (unshare !== null) writeFileSync(join(bin, 'unshare'), unshare, { mode: 0o755 });
    const path = process.env['PATH'];
    process.env['PATH'] = bin;
    try {
      const said = await refusal();
      expect(said).toContain('PostgreSQL refuses to run as root.');
      expect(said).toMatch(words);
    } finally {
      process.env['PATH'] = path;
    }
  });
});

describe('a busy port', () => {
  beforeEach(copyCluster);

  it('is not taken for a failure: another one is tried', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => other.once('listening', resolve));
    const address = other.address();
    const busy = typeof address === 'object' && address !== null ? address.port : 0;
    const free = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => free.once('listening', resolve));
    const freeAddress = free.address();
    await new Promise((resolve) => free.close(resolve));
    const ports = [busy, typeof freeAddress === 'object' && freeAddress !== null ? freeAddress.port : 0];
    const directory = dataDirectoryAt(dataDir);
    const binaries = await findBinaries(directory.linkFolder);
    const password = readFileSync(directory.passwordFile, 'utf8').trim();
    const server = await launchServer({ directory, binaries, password, durable: false }, async () => ports.shift() ?? 0);
    expect(server.port).not.toBe(busy);
    await stopServer(server.pid);
    other.close();
  });
});
