import type { FastifyInstance } from 'fastify';
import { pino } from 'pino';
import type { Static } from 'typebox';
import type { EventFacts } from '../../contracts/events/catalog.ts';
import { newId } from '../../contracts/ids.ts';
import { createAccessTokens } from '../../platform/auth/access-tokens.ts';
import { identifyServices, identifyUsers } from '../../platform/auth/identify.ts';
import type { Role } from '../../platform/auth/identity.ts';
import { createCredentialVerifier } from '../../platform/auth/internal-credentials.ts';
import { createRevocations } from '../../platform/auth/revocations.ts';
import { loadSettings } from '../../platform/config/settings.ts';
import { createServiceClient } from '../../platform/http/create-service-client.ts';
import { createServer } from '../../platform/http/server.ts';
import { inProcessTransport, type Transport } from '../../platform/http/transports.ts';
import type { Job } from '../../platform/lifecycle/service.ts';
import type { LogRecord } from '../../platform/event-log/port.ts';
import type { Database } from '../../platform/postgres/database.ts';
import { createMetrics } from '../../platform/telemetry/metrics.ts';
import { orders } from '../../services/orders/service.ts';
import { payments } from '../../services/payments/service.ts';
import { seating } from '../../services/seating/service.ts';
import { testDatabase, type TestDatabase } from '../support/postgres.ts';
import { PLATFORM_MIGRATIONS } from '../support/service-app.ts';
import { createFaults, type Faults } from './faults.ts';
import { createUnrulyLog, type UnrulyLog } from './unruly-log.ts';

const DEFINITIONS = { seating, orders, payments };
export type Sold = keyof typeof DEFINITIONS;
export const SERVICES = ['seating', 'orders', 'payments'] as const satisfies readonly Sold[];

export type Facts = Static<typeof EventFacts>;
export type Caller = { userId: string; token: string };

/** The services that a sale goes through, as they are, in a world where time, the log, the wires and death obey the test. */
export type World = {
  faults: Faults;
  log: UnrulyLog;
  databases: Record<Sold, TestDatabase>;
  jobs: Job[];
  /** What the catalog answers; it has no database here. */
  catalog: { facts: Facts | null };
  public: Record<Sold, FastifyInstance>;
  signIn(...roles: Role[]): Caller;
  /** Moves what is in a service's outbox to the log, as its relay does. */
  relay(service: Sold): Promise<void>;
  pass(seconds: number): Promise<void>;
  /** As if nothing had ever happened. */
  reset(): Promise<void>;
  stop(): Promise<void>;
};

const SETTINGS = {
  JWT_SECRET: 'a secret of tests for the tokens of users',
  INTERNAL_SECRET: 'a secret of tests for those of services',
  DATABASE_URL: 'postgres://nobody@localhost/none',
  ONSALE_DEMO: 'true',
  FEE_PERCENT: '2.5',
  TAX_PERCENT: '21',
  PAYMENT_LATENCY_MS: '0',
  PAYMENT_SUCCESS_RATE: '1',
};

export async function createWorld(): Promise<World> {
  const made = SERVICES.map((name) =>
    testDatabase([PLATFORM_MIGRATIONS, DEFINITIONS[name].database?.migrations].flatMap((one) => one ?? [])),
  );
  const [ofSeating, ofOrders, ofPayments] = await Promise.all(made);
  if (ofSeating === undefined || ofOrders === undefined || ofPayments === undefined) throw new Error('a database is missing');
  const databases = { seating: ofSeating, orders: ofOrders, payments: ofPayments };
  const time = await createTime(databases);
  const faults = createFaults();
  const log = createUnrulyLog();
  const catalog: World['catalog'] = { facts: null };
  const settings = loadSettings(SETTINGS);
  const { internalSecret, jwtSecret } = settings.auth;
  const logger = pino({ level: 'silent' });
  const metrics = createMetrics();
  const revocations = createRevocations();
  const tokens = createAccessTokens({ jwtSecret, ttlSeconds: 86_400 });
  const inside = new Map<string, FastifyInstance>();
  const toServices = inProcessTransport((name) => inside.get(name));
  const transport: Transport = faults.transport((request) =>
    request.service === 'catalog' ? Promise.resolve(answerOfCatalog(catalog.facts)) : toServices(request),
  );

  function start(name: Sold) {
    const service = DEFINITIONS[name].create({
      settings,
      database: faults.database(databases[name].database),
      wakeRelay: () => {},
      services: createServiceClient({ service: name, internalSecret, transport }),
      revocations,
      logger,
      metrics,
      clock: time.clock,
    });
    const door = createServer({ logger, metrics, identify: identifyUsers(tokens, revocations), public: true });
    const identify = identifyServices(createCredentialVerifier({ internalSecret, service: name }));
    const back = createServer({ logger, metrics, identify, public: false });
    service.publicRoutes?.(door);
    service.internalRoutes?.(back);
    inside.set(name, back);
    return { service, door, back };
  }

  const started = { seating: start('seating'), orders: start('orders'), payments: start('payments') };
  const all = Object.values(started);
  for (const { service } of all) {
    await service.start?.();
    for (const subscription of service.subscriptions ?? []) await log.subscribe(subscription);
  }
  const relayed = Object.fromEntries(SERVICES.map((name) => [name, faults.database(databases[name].database)]));

  return {
    faults,
    log,
    databases,
    catalog,
    jobs: all.flatMap(({ service }) => service.jobs ?? []),
    public: { seating: started.seating.door, orders: started.orders.door, payments: started.payments.door },
    signIn: (...roles) => {
      const userId = newId('user');
      return { userId, token: tokens.sign({ userId, sessionId: newId('session'), roles }).accessToken };
    },
    relay: (name) => relayOnce(relayed[name] ?? databases[name].database, log),
    pass: time.pass,
    reset: async () => {
      log.forget();
      catalog.facts = null;
      await Promise.all(SERVICES.map((name) => empty(databases[name].database)));
      await time.reset();
    },
    stop: async () => {
      for (const { service, door, back } of all) {
        await Promise.all([door.close(), back.close()]);
        await service.stop?.();
      }
      await Promise.all(SERVICES.map((name) => databases[name].drop()));
    },
  };
}

function answerOfCatalog(facts: Facts | null) {
  return { status: 200, contentType: 'application/json', retryAfter: undefined, body: JSON.stringify(facts) };
}

const READ = {
  name: 'test.relay_read',
  text: 'select sequence, id, topic, key, events as "eventsJson" from outbox order by sequence',
};
const DROP = { name: 'test.relay_drop', text: 'delete from outbox where sequence = any($1::bigint[])' };

async function relayOnce(database: Database, log: UnrulyLog): Promise<void> {
  const rows = await database.rows<LogRecord & { sequence: string }>(READ);
  if (rows.length === 0) return;
  await log.append(rows);
  await database.run(DROP, [rows.map(({ sequence }) => sequence)]);
}

const TABLES = {
  name: 'test.tables',
  text: `select string_agg(quote_ident(tablename), ', ' order by tablename) as names from pg_tables
         where schemaname = 'public' and tablename not in ('signing_key', 'test_clock') and tablename not like '%migration%'`,
};

async function empty(database: Database): Promise<void> {
  const [tables] = await database.rows<{ names: string }>(TABLES);
  await database.run({ name: 'test.empty', text: `truncate ${tables?.names ?? ''} cascade` });
}

const MAKE_CLOCK = [
  'create table test_clock (passed interval not null)',
  `insert into test_clock values ('0')`,
  `create or replace function seating_now() returns timestamptz language sql volatile as
     'select clock_timestamp() + passed from test_clock'`,
];

/** One time for all: that of seating's database, that of the services, of the provider's silence, and of leases. */
async function createTime({ seating: ofSeating, orders: ofOrders, payments: ofPayments }: World['databases']) {
  let passedSeconds = 0;
  for (const [index, text] of MAKE_CLOCK.entries()) await ofSeating.database.run({ name: `test.make_clock_${index}`, text });
  const later = `make_interval(secs => $1::float8)`;
  const set = { name: 'test.set_clock', text: `update test_clock set passed = ${later}` };
  const leases = {
    name: 'test.leases',
    text: `update idempotency_key set locked_until = locked_until - ${later} where status is null`,
  };
  const silence = { name: 'test.silence', text: `update simulator_charge set silent_until = silent_until - ${later}` };
  return {
    clock: { now: () => new Date(Date.now() + passedSeconds * 1_000) },
    pass: async (seconds: number) => {
      passedSeconds += seconds;
      await ofSeating.database.run(set, [passedSeconds]);
      for (const { database } of [ofSeating, ofOrders, ofPayments]) await database.run(leases, [seconds]);
      await ofPayments.database.run(silence, [seconds]);
    },
    reset: async () => {
      passedSeconds = 0;
      await ofSeating.database.run(set, [0]);
    },
  };
}
