import pg from 'pg';

const CONNECT_TIMEOUT_MS = 10_000;

/** Whose database it is, and the folders of migrations that make it. */
export type Schema = { owner: string; migrations: readonly URL[] };
export type OwnedDatabase = Schema & { connectionString: string };

/** Values are written and read in one way whatever the server's settings are, and nothing is too slow for it. */
const SETTINGS = [
  `SET client_encoding = 'UTF8'`,
  `SET DateStyle = 'ISO, YMD'`,
  `SET IntervalStyle = 'postgres'`,
  `SET TimeZone = 'UTC'`,
  `SET bytea_output = 'hex'`,
  `SET extra_float_digits = 3`,
  `SET statement_timeout = 0`,
  `SET idle_in_transaction_session_timeout = 0`,
  `SET synchronize_seqscans = off`,
].join('; ');

/** A connection for copying tables; it is ended with the signal, whatever it is doing. */
export async function connectForCopies(connectionString: string, name: string, signal: AbortSignal): Promise<pg.Client> {
  const client = new pg.Client({
    connectionString,
    application_name: name,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    keepAlive: true,
  });
  // A connection that breaks fails the statement under way; the event of the same would end the process.
  client.on('error', () => undefined);
  await client.connect();
  const cut = (): void => void client.connection.stream.destroy();
  signal.addEventListener('abort', cut, { once: true });
  client.once('end', () => signal.removeEventListener('abort', cut));
  await client.query(SETTINGS);
  return client;
}
