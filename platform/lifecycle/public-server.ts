import type { FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import { createAccessTokens } from '../auth/access-tokens.ts';
import { identifyUsers } from '../auth/identify.ts';
import type { Revocations } from '../auth/revocations.ts';
import type { Settings } from '../config/settings.ts';
import { endRevokedStreams } from '../http/event-stream.ts';
import { mountHealth, type HealthCheck } from '../http/health.ts';
import { limitConnections } from '../http/open-files.ts';
import { createCredentialIssuer } from '../auth/internal-credentials.ts';
import { forwardMarkedScopes, forwardRoutes } from '../http/forward/forward.ts';
import { BACKLOG, explainedListenError } from '../http/listening.ts';
import type { Upstreams } from '../http/replicas/upstreams.ts';
import { createServer } from '../http/server.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import type { Assembled, Described } from './assemble.ts';
import type { Teardown } from './teardown.ts';

export type PublicServerOptions = {
  settings: Settings;
  assembled: readonly Assembled[];
  revocations: Revocations;
  /** What runs in other processes: routes of these services are theirs to answer. */
  elsewhere: { services: readonly Described[]; upstreams: Upstreams } | null;
  checks: () => readonly HealthCheck[];
  logger: Logger;
  metrics: Metrics;
  teardown: Teardown;
  state: () => 'starting' | 'ready' | 'stopping';
};

/** Requests under way have this long to finish when the program stops. */
const FINISH_MS = 10_000;
const IDLE_LOOK_MS = 25;

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
  mountHealth(app, { checks: options.checks, state: options.state, metrics });
  if (options.elsewhere !== null) forwardMarkedScopes(app);
  assembled.find(({ name }) => name === 'gateway')?.service.publicRoutes?.(app);
  for (const { name, service } of assembled) {
    if (name === 'gateway') continue;
    app.register((scope, _options, done) => {
      service.publicRoutes?.(scope);
      done();
    });
  }
  forwardElsewhere(app, options);
  await app.ready();
  const url = await listen(app, host, port);
  teardown.add('public server', () => closeInTime(app), FINISH_MS + 5_000);
  return { app, url };
}

function forwardElsewhere(app: FastifyInstance, { elsewhere, settings }: PublicServerOptions): void {
  if (elsewhere === null) return;
  const { upstreams } = elsewhere;
  const credentialFor = createCredentialIssuer({ internalSecret: settings.auth.internalSecret, service: 'gateway' });
  for (const { name, service } of elsewhere.services) {
    app.register((scope, _options, done) => {
      forwardRoutes(scope, { service: name, upstreams, credentialFor });
      service.publicRoutes?.(scope);
      done();
    });
  }
}

async function listen(app: FastifyInstance, host: string, port: number): Promise<string> {
  try {
    return await app.listen({ host, port, backlog: BACKLOG });
  } catch (error) {
    await app.close();
    throw explainedListenError(error, host, port);
  }
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
