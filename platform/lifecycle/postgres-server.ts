import type { Logger } from 'pino';
import type { DatabaseOwner, Settings } from '../config/settings.ts';
import { createDatabaseIfMissing } from '../postgres/create-database.ts';
import { findEmbeddedPostgres, startEmbeddedPostgres } from '../postgres/embedded/start.ts';
import type { ServiceName } from '../http/service-client.ts';
import type { Teardown } from './teardown.ts';

/** Address of a database by its owner and name; makes the database on the common server unless the owner has one elsewhere. */
export type DatabaseAddresses = (owner: ServiceName | 'event-log', databaseName: string) => Promise<string>;

const SERVER_STOP_MS = 60_000;

/**
 * Finds the databases: on the server of DATABASE_URL, or on the embedded one, which is started. `join`: a tool that may run
 * beside the program uses the embedded server that is already running, if one is.
 */
export async function findDatabases(
  settings: Settings,
  options: { logger: Logger; teardown: Teardown; join: boolean },
): Promise<DatabaseAddresses> {
  const serverAddress = await addressOfServer(settings, options);
  return async (owner, databaseName) => {
    const own = ownAddress(settings, owner);
    if (own !== undefined) return own;
    if (serverAddress === null) throw new Error(`${owner} has no database: neither its own address nor DATABASE_URL is set`);
    return createDatabaseIfMissing(serverAddress, databaseName);
  };
}

async function addressOfServer(
  settings: Settings,
  { logger, teardown, join }: { logger: Logger; teardown: Teardown; join: boolean },
): Promise<string | null> {
  const { embedded, dataDir, serverUrl } = settings.database;
  if (!embedded) return serverUrl;
  const running = join ? await findEmbeddedPostgres(dataDir) : null;
  if (running !== null) return running('postgres');
  const server = await startEmbeddedPostgres({ dataDir, logger: logger.child({ service: 'postgres' }) });
  teardown.add('embedded PostgreSQL', () => server.stop(), SERVER_STOP_MS);
  return server.connectionString('postgres');
}

function ownAddress(settings: Settings, owner: ServiceName | 'event-log'): string | undefined {
  const addresses: Readonly<Partial<Record<string, string>>> = settings.database.urlOf satisfies Partial<
    Record<DatabaseOwner, string>
  >;
  return addresses[owner];
}
