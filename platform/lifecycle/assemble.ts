import type { FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import { identifyServices } from '../auth/identify.ts';
import { createCredentialVerifier } from '../auth/internal-credentials.ts';
import type { Revocations } from '../auth/revocations.ts';
import { systemClock } from '../clock.ts';
import type { Settings } from '../config/settings.ts';
import { createServiceClient } from '../http/create-service-client.ts';
import { requireService } from '../http/request.ts';
import { createServer } from '../http/server.ts';
import type { ServiceClient, ServiceName } from '../http/service-client.ts';
import type { Upstreams } from '../http/replicas/upstreams.ts';
import { transportTo } from '../http/transports.ts';
import type { Database } from '../postgres/database.ts';
import { migrate } from '../postgres/migrate.ts';
import { openDatabase, type OpenDatabase } from '../postgres/pool.ts';
import { createMetrics, type Metrics } from '../telemetry/metrics.ts';
import type { DatabaseAddresses } from './postgres-server.ts';
import type { Service, ServiceDefinition } from './service.ts';
import { allSettled, type Teardown } from './teardown.ts';

/** A service with all it needs in place, not yet at work. */
export type Assembled = {
  name: ServiceName;
  service: Service;
  logger: Logger;
  /** Null for the gateway. */
  database: { pool: OpenDatabase; connectionString: string } | null;
  internalServer: FastifyInstance;
  /** Set when the relay of its outbox starts. */
  relay: { wake: () => void };
};

export type AssembleOptions = {
  settings: Settings;
  definitions: readonly ServiceDefinition[];
  addresses: DatabaseAddresses;
  logger: Logger;
  metrics: Metrics;
  teardown: Teardown;
  revocations: Revocations;
  /** Set when others of the services run in other processes: then they are called there, and call those of this one. */
  upstreams?: Upstreams | null;
};

/** A service that runs elsewhere. Only what it says of its routes is of use here. */
export type Described = Pick<Assembled, 'name' | 'service'>;

const PLATFORM_MIGRATIONS = new URL('../migrations/', import.meta.url);

/** Makes and migrates the databases of services, creates the services and joins them so that they can call one another. */
export async function assemble(options: AssembleOptions): Promise<Assembled[]> {
  const { definitions, logger } = options;
  const databases = await allSettled(definitions.map((definition) => databaseOf(definition, options)));
  const assembled: Assembled[] = [];
  const serverOf = (name: ServiceName) => assembled.find((one) => one.name === name)?.internalServer;
  definitions.forEach((definition, index) => {
    const database = databases[index] ?? null;
    assembled.push(
      assembleOne(definition, database, serverOf, { ...options, logger: logger.child({ service: definition.name }) }),
    );
  });
  await Promise.all(assembled.map(({ internalServer }) => internalServer.ready()));
  return assembled;
}

async function databaseOf(
  { name, database }: ServiceDefinition,
  { addresses, settings, logger, teardown, metrics }: AssembleOptions,
): Promise<Assembled['database']> {
  if (database === undefined) return null;
  const connectionString = await addresses(name, database.name);
  const applied = await migrate({ connectionString, directories: [PLATFORM_MIGRATIONS, database.migrations] });
  if (applied.length > 0) logger.debug({ service: name, applied }, 'The database was brought up to date.');
  let closing = false;
  const pool = openDatabase({
    connectionString,
    name,
    poolSize: settings.database.poolSize,
    lookupsOnly: database.lookupsOnly ?? false,
    onIdleError: (error) => {
      if (!closing) logger.warn({ err: error, service: name }, 'An idle connection to PostgreSQL broke; it is replaced.');
    },
  });
  teardown.add(`connections of ${name}`, () => {
    closing = true;
    return pool.close();
  });
  metrics.observed('onsale_pg_connections', 'Connections of a pool by state', ['service', 'state'], () => {
    const { connections, idle, waiting } = pool.usage();
    return [
      { labels: { service: name, state: 'in_use' }, value: connections - idle },
      { labels: { service: name, state: 'idle' }, value: idle },
      { labels: { service: name, state: 'waited_for' }, value: waiting },
    ];
  });
  return { pool, connectionString };
}

type InOne = AssembleOptions & { logger: Logger };

function assembleOne(
  definition: ServiceDefinition,
  database: Assembled['database'],
  serverOf: (name: ServiceName) => FastifyInstance | undefined,
  options: InOne,
): Assembled {
  const { settings, logger, metrics, teardown } = options;
  const { name } = definition;
  const { internalSecret } = settings.auth;
  const upstreams = options.upstreams ?? null;
  const relay = { wake: () => undefined };
  const service = definition.create({
    settings,
    database: database?.pool ?? noDatabase(name),
    wakeRelay: () => relay.wake(),
    services: createServiceClient({ service: name, internalSecret, transport: transportTo(serverOf, upstreams) }),
    revocations: options.revocations,
    logger,
    metrics,
    clock: systemClock,
  });
  const identify = identifyServices(createCredentialVerifier({ internalSecret, service: name }));
  const internalServer = createServer({ logger, metrics, identify, public: false, trustProxy: true });
  // Before anything of the request is read.
  internalServer.addHook('onRequest', (request, _reply, done) => {
    requireService(request);
    done();
  });
  service.internalRoutes?.(internalServer);
  // The gateway has a server of its own for the public; that of another process finds these here.
  if (upstreams !== null && name !== 'gateway') service.publicRoutes?.(internalServer);
  teardown.add(`internal server of ${name}`, () => internalServer.close());
  return { name, service, logger, database, internalServer, relay };
}

/** What services that run elsewhere are, for the description of their routes. They are made, and never started or called. */
export function describe(
  definitions: readonly ServiceDefinition[],
  { settings, logger, revocations }: Pick<AssembleOptions, 'settings' | 'logger' | 'revocations'>,
): Described[] {
  return definitions.map(({ name, create }) => {
    const services: ServiceClient = { call: () => Promise.reject(new Error(`${name} does not run here`)) };
    const nothing = {
      database: noDatabase(name),
      wakeRelay: () => undefined,
      services,
      metrics: createMetrics(),
      clock: systemClock,
    };
    return { name, service: create({ ...nothing, settings, logger, revocations }) };
  });
}

/** What a service that owns no data gets: using it is a fault of the program. */
function noDatabase(name: string): Database {
  const refuse = () => Promise.reject(new Error(`${name} has no database`));
  return { name, rows: refuse, run: refuse, transaction: refuse };
}
