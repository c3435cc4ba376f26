import pg from 'pg';

const CONNECT_TIMEOUT_MS = 5_000;
const QUERY_TIMEOUT_MS = 30_000;
const KEEPALIVE_AFTER_MS = 5_000;

/**
 * A connection outside the pools, for what lives as long as its session: advisory locks and LISTEN. Both ends notice within half
 * a minute when the other machine is gone, so a lock is not kept by the dead.
 *
 * @param settings run-time settings of the session, e.g. `{ synchronous_commit: 'off' }`; constants of the program
 * @param onLost told once when the connection ends, whoever ended it
 */
export async function connectDedicated(
  connectionString: string,
  applicationName: string,
  settings: Readonly<Record<string, string>>,
  onLost: () => void,
): Promise<pg.Client> {
  const client = new pg.Client({
    connectionString,
    application_name: applicationName,
    pipeline: true,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    query_timeout: QUERY_TIMEOUT_MS,
    keepAlive: true,
    keepAliveInitialDelayMillis: KEEPALIVE_AFTER_MS,
  });
  // Without a listener an error of an idle connection ends the process; `end` follows it and says the same.
  client.on('error', () => undefined);
  client.on('end', onLost);
  await client.connect();
  const all = { tcp_keepalives_idle: '10', tcp_keepalives_interval: '5', tcp_keepalives_count: '3', ...settings };
  const assignments = Object.entries(all).map(([name, value]) => `SET ${pg.escapeIdentifier(name)} = ${pg.escapeLiteral(value)}`);
  try {
    await client.query(assignments.join(';'));
  } catch (error) {
    await client.end();
    throw error;
  }
  return client;
}
