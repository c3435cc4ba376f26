import { once } from 'node:events';
import { createServer as createTcpServer } from 'node:net';
import type { FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import { createAccessTokens } from '../auth/access-tokens.ts';
import { identifyUsers } from '../auth/identify.ts';
import type { Revocations } from '../auth/revocations.ts';
import type { Settings } from '../config/settings.ts';
import { StartupError } from '../config/startup-error.ts';
import { endRevokedStreams } from '../http/event-stream.ts';
import { mountHealth, type HealthCheck } from '../http/health.ts';
import { limitConnections } from '../http/open-files.ts';
import { createServer } from '../http/server.ts';
import { sql } from '../postgres/database.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import type { Assembled } from './assemble.ts';
import type { Teardown } from './teardown.ts';

export type PublicServerOptions = {
  settings: Settings;
  assembled: readonly Assembled[];
  revocations: Revocations;
  /** Of what the services share. */
  checks: readonly HealthCheck[];
  logger: Logger;
  metrics: Metrics;
  teardown: Teardown;
  state: () => 'starting' | 'ready' | 'stopping';
};

/** Requests under way have this long to finish when the program stops. */
const FINISH_MS = 10_000;
const IDLE_LOOK_MS = 25;

/** Connections that wait to be accepted: an onsale begins with all buyers at once. */
const BACKLOG = 4096;

const PING = sql('health.ping', 'SELECT 1');

/**
 * The one public door. The gateway's routes and hooks come first and hold for all routes; every other service's routes are in a
 * scope of their own.
 */
export async function listenPublicly(options: PublicServerOptions): Promise<{ app: FastifyInstance; url: string }> {
  const { settings, assembled, revocations, logger, metrics, teardown } = options;
  const { host, port, trustProxy } = settings.http;
  const tokens = createAccessTokens({ jwtSecret: settings.auth.jwtSecret, ttlSeconds: settings.auth.accessTokenTtlSeconds });
  const app = createServer({
    logger: logger.child({ service: 'gateway' }),
    metrics,
    identify: identifyUsers(tokens, revocations),
    public: true,
    trustProxy,
  });
  limitConnections(app, logger);
  endRevokedStreams(app, revocations);
  mountHealth(app, { checks: () => [...options.checks, ...assembled.map(checkOf)], state: options.state, metrics });
  assembled.find(({ name }) => name === 'gateway')?.service.publicRoutes?.(app);
  for (const { name, service } of assembled) {
    if (name === 'gateway') continue;
    app.register((scope, _options, done) => {
      service.publicRoutes?.(scope);
      done();
    });
  }
  await app.ready();
  const url = await listen(app, host, port);
  teardown.add('public server', () => closeInTime(app), FINISH_MS + 5_000);
  return { app, url };
}

function checkOf({ name, database }: Assembled): HealthCheck {
  return { name, run: async () => database?.pool.rows(PING) };
}

async function listen(app: FastifyInstance, host: string, port: number): Promise<string> {
  try {
    return await app.listen({ host, port, backlog: BACKLOG });
  } catch (error) {
    await app.close();
    throw explained(error, host, port);
  }
}

/** Says so before the databases are made, rather than after. */
export async function checkAddress({ host, port }: Settings['http']): Promise<void> {
  const probe = createTcpServer();
  try {
    probe.listen(port, host);
    await once(probe, 'listening');
  } catch (error) {
    throw explained(error, host, port);
  } finally {
    probe.close();
  }
}

function explained(error: unknown, host: string, port: number): unknown {
  const code = error instanceof Error && 'code' in error ? error.code : '';
  const because = { cause: error };
  if (code === 'EADDRINUSE') {
    return new StartupError(
      `Port ${port} on ${host} is in use. Stop the program that uses it, or choose another port: PORT=8081 npm start`,
      because,
    );
  }
  if (code === 'EACCES')
    return new StartupError(`Port ${port} needs more rights than this user has. Choose one above 1023 with PORT.`, because);
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND') {
    return new StartupError(
      `${host} is not an address of this machine. Set HOST to 127.0.0.1, or to one of its addresses.`,
      because,
    );
  }
  return error;
}

/** Lets requests under way finish, but not for ever. A connection that becomes idle meanwhile is closed, not waited for. */
async function closeInTime(app: FastifyInstance): Promise<void> {
  const idle = setInterval(() => app.server.closeIdleConnections(), IDLE_LOOK_MS);
  const late = setTimeout(() => app.server.closeAllConnections(), FINISH_MS);
  try {
    await app.close();
  } finally {
    clearInterval(idle);
    clearTimeout(late);
  }
}
