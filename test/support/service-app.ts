import type { FastifyInstance, InjectOptions, LightMyRequestResponse } from 'fastify';
import type { DomainEvent } from '../../contracts/events/domain-event.ts';
import { newId } from '../../contracts/ids.ts';
import { createAccessTokens } from '../../platform/auth/access-tokens.ts';
import { identifyServices, identifyUsers } from '../../platform/auth/identify.ts';
import type { Role } from '../../platform/auth/identity.ts';
import { CREDENTIAL_HEADER, createCredentialIssuer, createCredentialVerifier } from '../../platform/auth/internal-credentials.ts';
import { createRevocations, type Revocations } from '../../platform/auth/revocations.ts';
import { systemClock, type Clock } from '../../platform/clock.ts';
import { loadSettings } from '../../platform/config/settings.ts';
import { ApiError } from '../../platform/http/api-error.ts';
import { deliver } from '../../platform/event-log/consumer.ts';
import { createServer } from '../../platform/http/server.ts';
import type { ServiceClient } from '../../platform/http/service-client.ts';
import type { Service, ServiceDefinition } from '../../platform/lifecycle/service.ts';
import type { OpenDatabase } from '../../platform/postgres/pool.ts';
import { createLogger } from '../../platform/telemetry/logger.ts';
import { createMetrics } from '../../platform/telemetry/metrics.ts';
import { testDatabase } from './postgres.ts';

const SECRETS = {
  JWT_SECRET: 'a secret of tests for the tokens of users',
  INTERNAL_SECRET: 'a secret of tests for those of services',
};

/** The migrations that every service database has before its own. */
export const PLATFORM_MIGRATIONS = new URL('../../platform/migrations/', import.meta.url);

export type ServiceApp = {
  service: Service;
  database: OpenDatabase;
  revocations: Revocations;
  /** A request at the public door; `token` signs it. */
  request(options: InjectOptions & { token?: string }): Promise<LightMyRequestResponse>;
  /** A request by another service, at the service's own door. */
  requestAsService(options: InjectOptions): Promise<LightMyRequestResponse>;
  /** A signed-in user with these roles. */
  signIn(roles: readonly Role[]): { userId: string; token: string };
  /** Hands domain events to everything that subscribes, as the log would, one try each. */
  deliver(...events: readonly DomainEvent[]): Promise<void>;
  /** Domain events in the outbox, in the order in which they were written. */
  published(): Promise<{ type: string; subject: string; data: Record<string, unknown>; traceparent?: string }[]>;
  stop(): Promise<void>;
};

type Options = { clock?: Clock; services?: ServiceClient; settings?: Record<string, string> };

/** One service alone on a database of its own, with its public and its internal door, and nothing listening. */
export async function startServiceApp(definition: ServiceDefinition, options: Options = {}): Promise<ServiceApp> {
  const migrations = definition.database === undefined ? [] : [PLATFORM_MIGRATIONS, definition.database.migrations];
  const { database, drop } = await testDatabase(migrations);
  const clock = options.clock ?? systemClock;
  const settings = loadSettings({
    ...SECRETS,
    DATABASE_URL: 'postgres://nobody@localhost/none',
    ONSALE_DEMO: 'true',
    ...options.settings,
  });
  const logger = createLogger({ level: 'silent' });
  const metrics = createMetrics();
  const services = options.services ?? {
    call: () => Promise.reject(new ApiError('SERVICE_UNAVAILABLE', 'No other service runs in this test.')),
  };
  const revocations = createRevocations(clock);
  const service = definition.create({ settings, database, wakeRelay: () => {}, services, revocations, logger, metrics, clock });
  const tokens = createAccessTokens({ jwtSecret: SECRETS.JWT_SECRET, ttlSeconds: 3600, clock });
  const credentials = { internalSecret: SECRETS.INTERNAL_SECRET, clock };
  const verify = createCredentialVerifier({ ...credentials, service: definition.name });
  const credentialFor = createCredentialIssuer({ ...credentials, service: 'gateway' });
  const outside: FastifyInstance = createServer({ logger, metrics, identify: identifyUsers(tokens, revocations), public: true });
  const inside: FastifyInstance = createServer({ logger, metrics, identify: identifyServices(verify), public: false });
  service.publicRoutes?.(outside);
  service.internalRoutes?.(inside);
  await service.start?.();

  return {
    service,
    database,
    revocations,
    request: ({ token, headers, ...rest }) =>
      outside.inject({ ...rest, headers: { ...headers, ...(token === undefined ? {} : { authorization: `Bearer ${token}` }) } }),
    requestAsService: ({ headers, ...rest }) =>
      inside.inject({ ...rest, headers: { ...headers, [CREDENTIAL_HEADER]: credentialFor(definition.name) } }),
    signIn: (roles) => {
      const userId = newId('user');
      return { userId, token: tokens.sign({ userId, sessionId: newId('session'), roles }).accessToken };
    },
    deliver: async (...events) => {
      const retry = { batchAttempts: 1, eventAttempts: 1, firstMs: 1, maxMs: 1 };
      const delivery = { logger, signal: new AbortController().signal, retry };
      for (const subscription of service.subscriptions ?? []) await deliver(subscription, events, delivery);
    },
    published: async () => {
      const rows = await database.rows<{ events: string }>({
        name: 'test.outbox',
        text: 'SELECT events FROM outbox ORDER BY sequence',
      });
      return rows.flatMap(({ events }) => JSON.parse(events));
    },
    stop: async () => {
      await Promise.all([outside.close(), inside.close()]);
      await service.stop?.();
      await drop();
    },
  };
}
