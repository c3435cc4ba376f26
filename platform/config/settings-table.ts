import * as parse from './parsers.ts';
import type { Parser } from './parsers.ts';

export type SettingRow<T> = {
  /** Name of the environment variable. */
  name: string;
  meaning: string;
  parse: Parser<T>;
  /** As it would be written; null when the setting is absent unless given. */
  default: string | null;
  /** Said in place of a default that depends on other settings. */
  defaultMeaning?: string;
  /** Never shown: `value` not at all, `password` only the one inside an address. */
  secret?: 'value' | 'password';
};

const given = <T>(row: Omit<SettingRow<T>, 'default'> & { default: string }): SettingRow<T> => row;
const optional = <T>(row: Omit<SettingRow<T>, 'default'>): SettingRow<T | null> => ({ ...row, default: null });
const database = (owner: string, what: string): SettingRow<string | null> =>
  optional({
    name: `${owner}_DATABASE_URL`,
    meaning: `Database of ${what}, in place of one on the server of DATABASE_URL`,
    parse: parse.postgresUrl,
    secret: 'password',
  });

const address = (owner: string, service: string): SettingRow<readonly string[] | null> =>
  optional({
    name: `${owner}_URL`,
    meaning: `Where ${service} runs when not in this process: http://host:port, several separated by commas; a name counts as all its addresses`,
    parse: parse.serviceUrls,
  });

/** Every setting there is. The order is that of `onsale config`. */
export const SETTINGS_TABLE = {
  host: given({ name: 'HOST', meaning: 'Address to listen on', parse: parse.host, default: '127.0.0.1' }),
  port: given({
    name: 'PORT',
    meaning: 'Port to listen on; 0 takes any free one',
    parse: parse.integer(0, 65_535),
    default: '8080',
  }),
  internalPort: optional({
    name: 'INTERNAL_PORT',
    meaning:
      'Port for calls of other services, in a process of several services that has the gateway; PORT is that of the pages there',
    parse: parse.integer(0, 65_535),
  }),
  usersUrl: address('USERS', 'users'),
  catalogUrl: address('CATALOG', 'catalog'),
  seatingUrl: address('SEATING', 'seating'),
  ordersUrl: address('ORDERS', 'orders'),
  paymentsUrl: address('PAYMENTS', 'payments'),
  dataDir: given({
    name: 'ONSALE_DATA_DIR',
    meaning: 'Folder of the embedded database and of the secrets made here',
    parse: parse.path,
    default: '.onsale',
  }),
  demo: optional({
    name: 'ONSALE_DEMO',
    meaning: 'Demo accounts and events, made once; refused with NODE_ENV=production',
    parse: parse.flag,
    defaultMeaning: 'true with the embedded database, else false',
  }),
  demoPublic: given({
    name: 'ONSALE_DEMO_PUBLIC',
    meaning: 'Lets demo mode, whose passwords everybody knows, listen on other than the loopback',
    parse: parse.flag,
    default: 'false',
  }),
  databaseUrl: optional({
    name: 'DATABASE_URL',
    meaning: 'A PostgreSQL server, on which one database per service is made; absent: the embedded one',
    parse: parse.postgresUrl,
    secret: 'password',
  }),
  usersDatabaseUrl: database('USERS', 'users'),
  catalogDatabaseUrl: database('CATALOG', 'catalog'),
  seatingDatabaseUrl: database('SEATING', 'seating'),
  ordersDatabaseUrl: database('ORDERS', 'orders'),
  paymentsDatabaseUrl: database('PAYMENTS', 'payments'),
  eventLogDatabaseUrl: database('EVENT_LOG', 'the event log'),
  kafkaBrokers: optional({
    name: 'KAFKA_BROKERS',
    meaning: 'Brokers of Apache Kafka that keep the event log, separated by commas; absent: PostgreSQL keeps it',
    parse: parse.brokers,
  }),
  topicPrefix: given({
    name: 'ONSALE_TOPIC_PREFIX',
    meaning: 'In front of the names of topics and consumer groups on Apache Kafka',
    parse: parse.topicPrefix,
    default: 'onsale.',
  }),
  poolSize: given({
    name: 'PG_POOL_SIZE',
    meaning: 'Connections of each service to its database, at most',
    parse: parse.integer(1, 200),
    default: '8',
  }),
  reservationTtlSeconds: given({
    name: 'RESERVATION_TTL_SECONDS',
    meaning: 'How long seats are held, for events that do not say it themselves',
    parse: parse.integer(1, 86_400),
    default: '900',
  }),
  paymentProvider: given({
    name: 'PAYMENT_PROVIDER',
    meaning: 'Who takes the money',
    parse: parse.oneOf('simulator'),
    default: 'simulator',
  }),
  paymentSuccessRate: given({
    name: 'PAYMENT_SUCCESS_RATE',
    meaning: 'Share of payments that the simulator lets succeed',
    parse: parse.decimal(0, 1, 6),
    default: '0.95',
  }),
  paymentLatency: given({
    name: 'PAYMENT_LATENCY_MS',
    meaning: 'How long the simulator takes, from-to',
    parse: parse.latencyRange,
    default: '100-500',
  }),
  paymentSeed: optional({
    name: 'PAYMENT_SEED',
    meaning: 'Makes the simulator decide the same way in every run',
    parse: parse.integer(0, 2 ** 32 - 1),
    defaultMeaning: 'a new one each start',
  }),
  jwtSecret: optional({
    name: 'JWT_SECRET',
    meaning: 'Key that signs access tokens',
    parse: parse.secretText,
    secret: 'value',
    defaultMeaning: 'made and kept in ONSALE_DATA_DIR with the embedded database',
  }),
  internalSecret: optional({
    name: 'INTERNAL_SECRET',
    meaning: 'Key of the credentials between services; the same for all of them, and another than JWT_SECRET',
    parse: parse.secretText,
    secret: 'value',
    defaultMeaning: 'made and kept in ONSALE_DATA_DIR with the embedded database',
  }),
  accessTokenTtlSeconds: given({
    name: 'ACCESS_TOKEN_TTL_SECONDS',
    meaning: 'How long an access token is good',
    parse: parse.integer(30, 86_400),
    default: '3600',
  }),
  corsOrigins: given({
    name: 'CORS_ORIGINS',
    meaning: 'Other origins whose pages may call the API, separated by commas',
    parse: parse.origins,
    default: '',
  }),
  trustProxy: given({
    name: 'TRUST_PROXY',
    meaning: 'Proxies whose X-Forwarded-For is believed: false, true, a number of them, or addresses',
    parse: parse.trustProxy,
    default: 'false',
  }),
  rateLimitPerMinute: given({
    name: 'RATE_LIMIT_PER_MINUTE',
    meaning: 'Requests per user, or per address without one; 0 turns the limit off, for load tests',
    parse: parse.integer(0, 10_000_000),
    default: '600',
  }),
  feePercent: given({
    name: 'FEE_PERCENT',
    meaning: 'Service fee on the price of the tickets, in percent',
    parse: parse.decimal(0, 100, 3),
    default: '0',
  }),
  feeFixedCents: given({
    name: 'FEE_FIXED_CENTS',
    meaning: 'Service fee per ticket, in minor units of its currency',
    parse: parse.integer(0, 1_000_000),
    default: '0',
  }),
  taxPercent: given({
    name: 'TAX_PERCENT',
    meaning: 'Tax on tickets and fees, in percent',
    parse: parse.decimal(0, 100, 3),
    default: '0',
  }),
  pricingFile: optional({
    name: 'PRICING_FILE',
    meaning: 'JSON file of fees and tax by country, over FEE_PERCENT, FEE_FIXED_CENTS and TAX_PERCENT',
    parse: parse.path,
  }),
  logLevel: given({
    name: 'LOG_LEVEL',
    meaning: 'What is logged',
    parse: parse.oneOf('fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'),
    default: 'info',
  }),
  nodeEnv: given({
    name: 'NODE_ENV',
    meaning: 'production refuses demo mode and secrets made by itself',
    parse: (text) => text,
    default: 'development',
  }),
} as const;

export type SettingKey = keyof typeof SETTINGS_TABLE;
export type RawSettings = { readonly [Key in SettingKey]: ReturnType<(typeof SETTINGS_TABLE)[Key]['parse']> };

/** Names of later versions. Going on without what they ask for would be worse than not starting. */
export const NOT_SUPPORTED_YET = ['REDIS_URL', 'SMTP_URL'];
