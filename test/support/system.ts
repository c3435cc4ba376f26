import { definitions } from '../../bin/definitions.ts';
import { newId } from '../../contracts/ids.ts';
import { createAccessTokens } from '../../platform/auth/access-tokens.ts';
import type { Role } from '../../platform/auth/identity.ts';
import { loadSettings, type Environment, type Settings } from '../../platform/config/settings.ts';
import { LOG_MIGRATIONS } from '../../platform/event-log/postgres/log.ts';
import type { ServiceDefinition } from '../../platform/lifecycle/service.ts';
import { startSystem as start, type System } from '../../platform/lifecycle/system.ts';
import type { OpenDatabase } from '../../platform/postgres/pool.ts';
import { createLogger } from '../../platform/telemetry/logger.ts';
import { createMetrics } from '../../platform/telemetry/metrics.ts';
import { testDatabase, type TestDatabase } from './postgres.ts';
import { checkLog } from './published-events.ts';
import { PLATFORM_MIGRATIONS } from './service-app.ts';

export type TestSystem = Pick<System, 'url' | 'app' | 'services' | 'assembled'> & {
  settings: Settings;
  /** A signed-in user with these roles, whom the users service need not know. */
  signIn(...roles: Role[]): { userId: string; token: string };
  /** The database of a service, to look into. */
  databaseOf(service: string): OpenDatabase;
  /** Also looks whether every domain event that it published is as the contracts say. */
  stop(): Promise<void>;
};

export type TestSystemOptions = {
  /** Environment variables over those of the tests. */
  settings?: Environment;
  definitions?: readonly ServiceDefinition[];
};

/** Few connections each: several systems share the 100 of the test server. */
const TEST_SETTINGS = {
  JWT_SECRET: 'a secret of tests for the tokens of users',
  INTERNAL_SECRET: 'a secret of tests for those of services',
  PORT: '0',
  PG_POOL_SIZE: '4',
  RATE_LIMIT_PER_MINUTE: '0',
  PAYMENT_LATENCY_MS: '0',
  PAYMENT_SUCCESS_RATE: '1',
  ONSALE_DEMO: 'true',
  LOG_LEVEL: 'error',
};

/** The whole system in this process, on a free port, with databases of its own on the server of the tests. Not seeded. */
export async function startSystem(options: TestSystemOptions = {}): Promise<TestSystem> {
  const services = options.definitions ?? definitions;
  const databases = await makeDatabases(services);
  const { settings, drop } = databases;
  const chosen = settings(options.settings);
  const logger = createLogger({ level: chosen.log.level });
  try {
    const system = await start({ settings: chosen, definitions: services, logger, metrics: createMetrics() });
    system.ready();
    const tokens = createAccessTokens({ jwtSecret: chosen.auth.jwtSecret, ttlSeconds: chosen.auth.accessTokenTtlSeconds });
    const stop = async (): Promise<void> => {
      await system.stop();
      try {
        await checkLog(databases.databaseOf('event-log'));
      } finally {
        await drop();
      }
    };
    let stopped: Promise<void> | null = null;
    return {
      ...system,
      settings: chosen,
      signIn: (...roles) => {
        const userId = newId('user');
        return { userId, token: tokens.sign({ userId, sessionId: newId('session'), roles }).accessToken };
      },
      databaseOf: databases.databaseOf,
      stop: () => (stopped ??= stop()),
    };
  } catch (error) {
    await drop();
    throw error;
  }
}

type SystemDatabases = {
  databaseOf(service: string): OpenDatabase;
  /** Of a system that uses them: these environment variables over those of the tests. */
  settings(environment?: Environment): Settings;
  drop(): Promise<void>;
};

/** The databases of a system that does not run, empty but for their tables. */
export async function makeDatabases(services: readonly ServiceDefinition[] = definitions): Promise<SystemDatabases> {
  const wanted: [string, URL[]][] = [['event-log', [LOG_MIGRATIONS]]];
  for (const { name, database } of services) {
    if (database !== undefined) wanted.push([name, [PLATFORM_MIGRATIONS, database.migrations]]);
  }
  const made = await Promise.all(
    wanted.map(async ([name, migrations]) => [name, await testDatabase(migrations, { poolSize: 2 })] as const),
  );
  const databases = new Map(made);
  return {
    databaseOf: (service) => found(databases, service).database,
    settings: (environment = {}) => loadSettings({ ...TEST_SETTINGS, ...addresses(databases), ...environment }),
    drop: async () => {
      for (const database of databases.values()) await database.drop();
    },
  };
}

function addresses(databases: ReadonlyMap<string, TestDatabase>): Environment {
  const entries = [...databases].map(([name, { connectionString }]) => [
    `${name.toUpperCase().replace('-', '_')}_DATABASE_URL`,
    connectionString,
  ]);
  return Object.fromEntries(entries);
}

function found(databases: ReadonlyMap<string, TestDatabase>, service: string): TestDatabase {
  const database = databases.get(service);
  if (database === undefined) throw new Error(`${service} has no database in this test`);
  return database;
}
export { makeDataDir, programsInTurn, removeDataDir, spawnSystem, type SpawnedSystem } from './spawned-system.ts';
