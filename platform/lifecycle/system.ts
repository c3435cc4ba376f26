import type { FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import { createRevocations } from '../auth/revocations.ts';
import type { Settings } from '../config/settings.ts';
import { createServiceClient } from '../http/create-service-client.ts';
import type { EventLog } from '../event-log/port.ts';
import type { HealthCheck } from '../http/health.ts';
import type { ServiceClient } from '../http/service-client.ts';
import { checkAddress } from '../http/listening.ts';
import type { Upstreams } from '../http/replicas/upstreams.ts';
import { transportTo } from '../http/transports.ts';
import { sql } from '../postgres/database.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import { assemble, describe, type Assembled } from './assemble.ts';
import { listenInternally } from './internal-server.ts';
import { placeServices, type Placement } from './placement.ts';
import { findDatabases } from './postgres-server.ts';
import { listenPublicly } from './public-server.ts';
import { openLog, runServices } from './run-services.ts';
import type { ServiceDefinition } from './service.ts';
import { allSettled, createTeardown, type Teardown } from './teardown.ts';

export type System = {
  /** Where the public door listens; that of the services of this process when the gateway is in another. */
  url: string;
  /** Of other services, when some run in other processes and some beside the gateway. */
  internalUrl: string | null;
  placement: Placement;
  app: FastifyInstance;
  assembled: readonly Assembled[];
  /** Calls the services as the gateway does. */
  services: ServiceClient;
  /** From now on `/health/ready` says so. */
  ready(): void;
  /** Finishes what is under way and stops everything, in order. */
  stop(): Promise<void>;
};

export type SystemOptions = {
  settings: Settings;
  /** Every service there is. */
  definitions: readonly ServiceDefinition[];
  /** Those to run in this process, as `--services` names them. */
  services?: string;
  logger: Logger;
  metrics: Metrics;
};

const PING = sql('health.ping', 'SELECT 1');

/**
 * Starts services in one process: their databases, themselves, relays, consumers and jobs, at last their doors. It takes requests
 * when this resolves; call `ready` once nothing else is to be done. What was started is stopped again when a step fails.
 */
export async function startSystem(options: SystemOptions): Promise<System> {
  const { settings, logger, metrics } = options;
  const placement = placeServices(options.services ?? 'all', options.definitions, settings);
  const teardown = createTeardown(logger);
  const revocations = createRevocations();
  /** How far the start has come, with the milliseconds since the process began. */
  const told = (what: string): void => logger.debug({ ms: Math.round(performance.now()) }, what);
  let state: 'starting' | 'ready' | 'stopping' = 'starting';
  await checkAddress(settings.http.host, settings.http.port);
  try {
    const upstreams = await upstreamsOf(placement, { logger, metrics, teardown });
    const addresses = await findDatabases(settings, { logger, teardown, join: false });
    told('The database server is there.');
    const [log, assembled] = await allSettled([
      openLog({ settings, addresses, logger, metrics, teardown }),
      assemble({ settings, definitions: placement.here, addresses, logger, metrics, teardown, revocations, upstreams }),
    ]);
    told('The databases are up to date.');
    const common = {
      settings,
      assembled,
      checks: (): HealthCheck[] => [...checksOfLog(settings, log), ...assembled.map(checkOf)],
      logger,
      metrics,
      teardown,
      state: () => state,
    };
    await runServices(assembled, log, { metrics, teardown });
    told('The services are at work.');
    const inside = await insideDoor(placement, common);
    const elsewhere =
      upstreams === null ? null : { services: describe(placement.elsewhere, { settings, logger, revocations }), upstreams };
    const outside = isPublic(placement) ? await listenPublicly({ ...common, revocations, elsewhere }) : null;
    const door = outside ?? inside;
    if (door === null) throw new Error('A process has one door at least');
    told('The doors are open.');
    const transport = transportTo((name) => assembled.find((one) => one.name === name)?.internalServer, upstreams);
    return {
      ...door,
      internalUrl: inside?.url ?? null,
      placement,
      assembled,
      services: createServiceClient({ service: 'gateway', internalSecret: settings.auth.internalSecret, transport }),
      ready: () => {
        if (state === 'starting') state = 'ready';
      },
      stop: () => {
        state = 'stopping';
        return teardown.run();
      },
    };
  } catch (error) {
    await teardown.run();
    throw error;
  }
}

/** A process by itself has the public door, whatever services there are. */
function isPublic({ here, elsewhere }: Placement): boolean {
  return elsewhere.length === 0 || here.some(({ name }) => name === 'gateway');
}

async function upstreamsOf(
  { elsewhere, urlsOf }: Placement,
  { logger, metrics, teardown }: { logger: Logger; metrics: Metrics; teardown: Teardown },
): Promise<Upstreams | null> {
  if (elsewhere.length === 0) return null;
  // Loaded only here: one process alone does not wait for it.
  const { openUpstreams } = await import('../http/replicas/upstreams.ts');
  const upstreams = await openUpstreams({ urlsOf, logger, metrics });
  teardown.add('connections to other services', () => upstreams.close());
  return upstreams;
}

type Common = Omit<Parameters<typeof listenInternally>[0], 'host' | 'port'> & { settings: Settings };

/** For services of other processes; null when there are none to call what runs here. */
async function insideDoor(placement: Placement, common: Common): Promise<{ app: FastifyInstance; url: string } | null> {
  const { host, port } = common.settings.http;
  const { internalPort } = common.settings.services;
  if (placement.elsewhere.length === 0) return null;
  if (!isPublic(placement)) return listenInternally({ ...common, host, port });
  return internalPort === null ? null : listenInternally({ ...common, host, port: internalPort });
}

function checkOf({ name, database }: Assembled): HealthCheck {
  return { name, run: async () => database?.pool.rows(PING) };
}

/** On Kafka none: while the brokers are away changes wait in the outboxes and browsing goes on, so nobody is to be left out for it. */
function checksOfLog({ kafka }: Settings, log: Pick<EventLog, 'lag'>): HealthCheck[] {
  return kafka === null ? [{ name: 'event-log', run: log.lag }] : [];
}
