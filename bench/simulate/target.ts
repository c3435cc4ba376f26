import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { isLoopback } from '../../platform/config/parsers.ts';
import { loadSettings, type Environment, type Settings } from '../../platform/config/settings.ts';
import { StartupError } from '../../platform/config/startup-error.ts';
import { findEmbeddedPostgres } from '../../platform/postgres/embedded/start.ts';
import { readPostmasterFile } from '../../platform/postgres/embedded/postmaster-file.ts';
import { startOwnSystem } from './own-system.ts';

/** The system that the crowd goes to. */
export type Target = {
  url: string;
  own: boolean;
  jwtSecret: string;
  /** Where its databases are; null when this is not known. */
  settings: Settings | null;
  /** As set for the system of its own; of another it is not known. */
  paymentLatencyMs: string;
  pids(): { node: number | null; postgres: number | null };
  remove(): Promise<void>;
};

const SECRET_BYTES = 32;

/** A system for this simulation alone, which is gone afterwards. */
export async function ownTarget(environment: Environment, signal: AbortSignal): Promise<Target> {
  const jwtSecret = environment['JWT_SECRET'] || randomBytes(SECRET_BYTES).toString('base64url');
  const { url, pid, settings, postgresPid, remove } = await startOwnSystem({ ...environment, JWT_SECRET: jwtSecret });
  if (signal.aborted) {
    await remove();
    throw new StartupError('Stopped before it began.');
  }
  const { minMs, maxMs } = settings.payments.latency;
  return {
    url,
    own: true,
    jwtSecret,
    settings,
    paymentLatencyMs: minMs === maxMs ? String(minMs) : `${minMs}-${maxMs}`,
    pids: () => ({ node: pid, postgres: postgresPid() }),
    remove,
  };
}

/**
 * A system that runs on this machine already. Its key and its databases are found as the program itself finds them: by JWT_SECRET and
 * DATABASE_URL, or in its data directory.
 *
 * @throws StartupError saying what is missing
 */
export async function runningTarget(url: string, environment: Environment): Promise<Target> {
  const address = URL.parse(url);
  if (address?.protocol !== 'http:' || !isLoopback(address.hostname))
    throw new StartupError(
      `--url must be a system on this machine, such as http://localhost:8080, not ${url}: a simulation would empty a real sale.`,
    );
  const dataDir = environment['ONSALE_DATA_DIR'] || '.onsale';
  const hasServer = Object.keys(environment).some((name) => name.endsWith('DATABASE_URL') && environment[name]);
  const isFound = hasServer || (await findEmbeddedPostgres(dataDir)) !== null;
  const settings = isFound ? loadSettings(environment) : null;
  const jwtSecret = settings?.auth.jwtSecret ?? environment['JWT_SECRET'] ?? '';
  if (jwtSecret === '')
    throw new StartupError(
      `The simulator signs its buyers' tokens itself, by the key of the system at ${url}. Give it as JWT_SECRET, or name the data directory of that system by ONSALE_DATA_DIR.`,
    );
  return {
    url: address.origin.replace('localhost', '127.0.0.1'),
    own: false,
    jwtSecret,
    settings,
    paymentLatencyMs: 'as it was started',
    pids: () => ({ node: null, postgres: settings === null ? null : postgresOf(settings) }),
    remove: async () => undefined,
  };
}

function postgresOf({ database }: Settings): number | null {
  return database.embedded ? (readPostmasterFile(join(database.dataDir, 'postgres'))?.pid ?? null) : null;
}
