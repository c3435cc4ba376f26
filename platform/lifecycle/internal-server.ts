import { createServer as createHttpServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import type { FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import { mountHealth, type HealthCheck } from '../http/health.ts';
import { ApiError } from '../http/api-error.ts';
import { listening } from '../http/listening.ts';
import { createServer } from '../http/server.ts';
import { SERVICE_HEADER } from '../http/transports.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import type { Assembled } from './assemble.ts';
import type { Teardown } from './teardown.ts';

export type InternalServerOptions = {
  host: string;
  port: number;
  assembled: readonly Assembled[];
  checks: () => readonly HealthCheck[];
  logger: Logger;
  metrics: Metrics;
  teardown: Teardown;
  state: () => 'starting' | 'ready' | 'stopping';
};

/** A request has this long to arrive whole. The gateway has read it before, so this is for what goes wrong. */
const REQUEST_TIMEOUT_MS = 30_000;
/** Longer than callers keep a connection that they do not use (undici: 4 s), so that none is used while it is closed. */
const KEEP_ALIVE_TIMEOUT_MS = 72_000;
const FINISH_MS = 10_000;
/** Callers ask every second whether this process is ready; so long it goes on answering after it has said no. */
const NOTICE_MS = 1_300;
const IDLE_LOOK_MS = 25;

/**
 * The door of services for one another and for a gateway in another process: their public and internal routes, for callers with a
 * credential only. One address for all services of this process; a header says which one is meant. Health and metrics are on it too,
 * for anybody.
 */
export async function listenInternally(options: InternalServerOptions): Promise<{ app: FastifyInstance; url: string }> {
  const { host, port, assembled, logger, metrics, teardown } = options;
  const common = createServer({
    logger,
    metrics,
    public: true,
    identify: () => ({ identity: null, callingService: null, refusal: null }),
  });
  mountHealth(common, { checks: options.checks, state: options.state, metrics });
  common.addHook('onRequest', (request, _reply, done) => {
    const name = request.headers[SERVICE_HEADER];
    done(name === undefined ? undefined : new ApiError('SERVICE_UNAVAILABLE', `${String(name)} does not run in this process.`));
  });
  await common.ready();
  const apps = new Map(assembled.map(({ name, internalServer }): [unknown, FastifyInstance] => [name, internalServer]));
  let closing = false;
  const server = createHttpServer(
    { requestTimeout: REQUEST_TIMEOUT_MS, keepAliveTimeout: KEEP_ALIVE_TIMEOUT_MS },
    (request: IncomingMessage, response: ServerResponse) => {
      if (closing) response.shouldKeepAlive = false;
      (apps.get(request.headers[SERVICE_HEADER]) ?? common).routing(request, response);
    },
  );
  const url = await listening(server, host, port);
  teardown.add(
    'internal server',
    async () => {
      closing = true;
      if (await hasCallers(server)) await delay(NOTICE_MS);
      for (const app of apps.values()) for (const stream of app.eventStreams) stream.close();
      await closeInTime(server);
      await common.close();
    },
    NOTICE_MS + FINISH_MS + 5_000,
  );
  return { app: common, url };
}

function hasCallers(server: Server): Promise<boolean> {
  return new Promise((resolve) => server.getConnections((error, count) => resolve(error === null && count > 0)));
}

/** Lets requests under way finish, but not for ever. */
async function closeInTime(server: Server): Promise<void> {
  const closed = new Promise((resolve) => server.close(resolve));
  const idle = setInterval(() => server.closeIdleConnections(), IDLE_LOOK_MS);
  await Promise.race([closed, delay(FINISH_MS, undefined, { ref: false })]);
  clearInterval(idle);
  server.closeAllConnections();
}
