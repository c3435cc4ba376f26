import type { FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import { createRevocations } from '../auth/revocations.ts';
import type { Settings } from '../config/settings.ts';
import { createServiceClient } from '../http/create-service-client.ts';
import type { ServiceClient } from '../http/service-client.ts';
import { inProcessTransport } from '../http/transports.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import { assemble, type Assembled } from './assemble.ts';
import { findDatabases } from './postgres-server.ts';
import { checkAddress, listenPublicly } from './public-server.ts';
import { openLog, runServices } from './run-services.ts';
import type { ServiceDefinition } from './service.ts';
import { allSettled, createTeardown } from './teardown.ts';

export type System = {
  /** Where the public door listens. */
  url: string;
  app: FastifyInstance;
  assembled: readonly Assembled[];
  /** Calls the services as the gateway does. */
  services: ServiceClient;
  /** From now on `/health/ready` says so. */
  ready(): void;
  /** Finishes what is under way and stops everything, in order. */
  stop(): Promise<void>;
};

export type SystemOptions = { settings: Settings; definitions: readonly ServiceDefinition[]; logger: Logger; metrics: Metrics };

/**
 * Starts services in one process: their databases, themselves, relays, consumers and jobs, at last the public door. It takes
 * requests when this resolves; call `ready` once nothing else is to be done. What was started is stopped again when a step fails.
 */
export async function startSystem(options: SystemOptions): Promise<System> {
  const { settings, definitions, logger, metrics } = options;
  const teardown = createTeardown(logger);
  const revocations = createRevocations();
  /** How far the start has come, with the milliseconds since the process began. */
  const told = (what: string): void => logger.debug({ ms: Math.round(performance.now()) }, what);
  let state: 'starting' | 'ready' | 'stopping' = 'starting';
  await checkAddress(settings.http);
  try {
    const addresses = await findDatabases(settings, { logger, teardown, join: false });
    told('The database server is there.');
    const [log, assembled] = await allSettled([
      openLog({ settings, addresses, logger, metrics, teardown }),
      assemble({ settings, definitions, addresses, logger, metrics, teardown, revocations }),
    ]);
    told('The databases are up to date.');
    await runServices(assembled, log, { metrics, teardown });
    told('The services are at work.');
    const { app, url } = await listenPublicly({
      settings,
      assembled,
      revocations,
      checks: [{ name: 'event-log', run: log.lag }],
      logger,
      metrics,
      teardown,
      state: () => state,
    });
    told('The public door is open.');
    const serverOf = inProcessTransport((name) => assembled.find((one) => one.name === name)?.internalServer);
    return {
      url,
      app,
      assembled,
      services: createServiceClient({ service: 'gateway', internalSecret: settings.auth.internalSecret, transport: serverOf }),
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
