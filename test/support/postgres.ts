import { createHash, randomUUID } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { join } from 'node:path';
import pg from 'pg';
import { inject } from 'vitest';
import { withDatabase } from '../../platform/postgres/create-database.ts';
import { isSqlState } from '../../platform/postgres/errors.ts';
import { migrate } from '../../platform/postgres/migrate.ts';
import { openDatabase } from '../../platform/postgres/pool.ts';
import type { OpenDatabase } from '../../platform/postgres/pool.ts';

export type TestDatabase = {
  database: OpenDatabase;
  connectionString: string;
  /** Closes `database` and removes it from the server, cutting off whoever else is connected. */
  drop(): Promise<void>;
};

const TEMPLATE_BUSY_TRIES = 50;

/**
 * A fresh database of this test's own, with these migrations applied. The first call for a set of migrations applies them to a
 * template; the others copy it.
 */
export async function testDatabase(migrations: readonly URL[], { poolSize = 5 } = {}): Promise<TestDatabase> {
  const server = inject('postgresUrl');
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  await withAdmin(server, async (admin) => {
    const template = migrations.length > 0 ? await ensureTemplate(admin, server, migrations) : 'template1';
    await copyDatabase(admin, name, template);
  });
  const connectionString = withDatabase(server, name);
  const database = openDatabase({ connectionString, name: 'test', poolSize });
  const drop = async (): Promise<void> => {
    await database.close();
    await withAdmin(server, (admin) => admin.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`));
  };
  return { database, connectionString, drop };
}

async function ensureTemplate(admin: pg.Client, server: string, migrations: readonly URL[]): Promise<string> {
  const template = `template_${fingerprint(migrations)}`;
  // Test files run in several processes; one of them makes the template while the others wait.
  await admin.query('SELECT pg_advisory_lock(hashtext($1))', [template]);
  const { rowCount } = await admin.query('SELECT FROM pg_database WHERE datname = $1', [template]);
  if (rowCount === 0) {
    const half = `half_${template}`;
    await admin.query(`DROP DATABASE IF EXISTS ${half} WITH (FORCE)`);
    await admin.query(`CREATE DATABASE ${half}`);
    await migrate({ connectionString: withDatabase(server, half), directories: migrations });
    await whenUnused(() => admin.query(`ALTER DATABASE ${half} RENAME TO ${template}`));
  }
  await admin.query('SELECT pg_advisory_unlock(hashtext($1))', [template]);
  return template;
}

async function copyDatabase(admin: pg.Client, name: string, template: string): Promise<void> {
  await whenUnused(() => admin.query(`CREATE DATABASE ${name} TEMPLATE ${template}`));
}

/** A connection that was just closed still counts for a moment (55006 object in use). */
async function whenUnused(work: () => Promise<unknown>): Promise<void> {
  for (let tried = 1; ; tried++) {
    try {
      await work();
      return;
    } catch (error) {
      if (!isSqlState(error, '55006') || tried >= TEMPLATE_BUSY_TRIES) throw error;
    }
  }
}

function fingerprint(migrations: readonly URL[]): string {
  const hash = createHash('sha256');
  for (const url of migrations) {
    const folder = fileURLToPath(url);
    hash.update(folder);
    for (const file of readdirSync(folder).toSorted()) hash.update(file).update(readFileSync(join(folder, file)));
  }
  return hash.digest('hex').slice(0, 32);
}

async function withAdmin<T>(server: string, work: (admin: pg.Client) => Promise<T>): Promise<T> {
  const admin = new pg.Client({ connectionString: server, application_name: 'onsale test support' });
  await admin.connect();
  try {
    return await work(admin);
  } finally {
    await admin.end();
  }
}
