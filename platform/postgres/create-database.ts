import pg from 'pg';
import { StartupError } from '../config/startup-error.ts';
import { isConnectionLost, isSqlState, isUniqueViolation } from './errors.ts';

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
  try {
    await admin.connect();
  } catch (error) {
    throw explained(error, adminConnectionString);
  }
  try {
    const { rowCount } = await admin.query('SELECT FROM pg_database WHERE datname = $1', [name]);
    if (rowCount === 0) await create(admin, name);
  } finally {
    await admin.end();
  }
  return withDatabase(adminConnectionString, name);
}

/** Which server and user it was, without the password. */
function explained(error: unknown, connectionString: string): unknown {
  if (!(error instanceof Error)) return error;
  const { host, username } = new URL(connectionString);
  const because = { cause: error };
  // Of an address with IPv4 and IPv6 both were tried, and the error of that has no text.
  const reason = error instanceof AggregateError ? error.errors.map(String).join('; ') : error.message;
  if (isConnectionLost(error)) {
    return new StartupError(
      `The PostgreSQL server at ${host} cannot be reached (${reason}). Start it, or correct its address in DATABASE_URL.`,
      because,
    );
  }
  // Class 28 is a refused login: wrong password, no such user, or none of the server's rules lets them in.
  if (isSqlState(error, '28P01') || isSqlState(error, '28000')) {
    return new StartupError(
      `The PostgreSQL server at ${host} does not let in the user "${decodeURIComponent(username)}" (${reason}). Correct user and password in DATABASE_URL.`,
      because,
    );
  }
  return error;
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
