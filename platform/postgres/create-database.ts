import pg from 'pg';
import { StartupError } from '../config/startup-error.ts';
import { isSqlState, isUniqueViolation } from './errors.ts';

const CONNECT_TIMEOUT_MS = 10_000;

/** The same server, user and options, another database. */
export function withDatabase(connectionString: string, name: string): string {
  const url = new URL(connectionString);
  url.pathname = `/${encodeURIComponent(name)}`;
  return url.href;
}

/**
 * Makes the database unless it is there; safe when several processes do so at once.
 *
 * @param adminConnectionString names the server; its own database (`postgres` when it names none) is only entered to ask
 * @returns connection string of the database
 */
export async function createDatabaseIfMissing(adminConnectionString: string, name: string): Promise<string> {
  const bare = new URL(adminConnectionString).pathname.length <= 1;
  const admin = new pg.Client({
    connectionString: bare ? withDatabase(adminConnectionString, 'postgres') : adminConnectionString,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    application_name: 'onsale create database',
  });
  // A connection that breaks fails the statement under way; the event of the same would end the process.
  admin.on('error', () => undefined);
  await admin.connect();
  try {
    const { rowCount } = await admin.query('SELECT FROM pg_database WHERE datname = $1', [name]);
    if (rowCount === 0) await create(admin, name);
  } finally {
    await admin.end();
  }
  return withDatabase(adminConnectionString, name);
}

async function create(admin: pg.Client, name: string): Promise<void> {
  try {
    await admin.query(`CREATE DATABASE ${pg.escapeIdentifier(name)} ENCODING 'UTF8' TEMPLATE template0`);
  } catch (error) {
    // Another process was faster: 42P04 when it had finished, a unique violation when both were at it.
    if (isSqlState(error, '42P04') || isUniqueViolation(error, 'pg_database_datname_index')) return;
    if (isSqlState(error, '42501')) {
      throw new StartupError(
        `The database user may not create the database "${name}". Create it and make that user its owner, or let the user do it: ALTER USER … CREATEDB.`,
        { cause: error },
      );
    }
    throw error;
  }
}
