import { nearestName } from '../http/nearest-name.ts';
import { isLoopback } from './parsers.ts';
import type { LatencyRange } from './parsers.ts';
import { readPricingFile, type CountryPricing, type Pricing } from './pricing-file.ts';
import { keptSecret } from './secrets.ts';
import { NOT_SUPPORTED_YET, SETTINGS_TABLE } from './settings-table.ts';
import type { RawSettings, SettingKey, SettingRow } from './settings-table.ts';
import { StartupError } from './startup-error.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/** Databases that can be moved away from the common server. */
export type DatabaseOwner = 'users' | 'catalog' | 'seating' | 'orders' | 'payments' | 'event-log';

/** Services that others call, and that may therefore need an address. */
export type CalledService = 'users' | 'catalog' | 'seating' | 'orders' | 'payments';

/** What the program was told, checked. Made once at start and passed on; nothing else reads the environment. */
export type Settings = {
  readonly production: boolean;
  readonly http: {
    readonly host: string;
    readonly port: number;
    readonly corsOrigins: readonly string[];
    readonly trustProxy: boolean | number | readonly string[];
    /** 0: no limit. */
    readonly rateLimitPerMinute: number;
  };
  readonly services: {
    /** Where services run that are not in this process. */
    readonly urlsOf: Readonly<Partial<Record<CalledService, readonly string[]>>>;
    readonly internalPort: number | null;
  };
  /** `public`: the operator wants demo mode reachable from elsewhere. */
  readonly demo: { readonly enabled: boolean; readonly public: boolean };
  readonly database: {
    /** No server was named: the program brings its own. */
    readonly embedded: boolean;
    /** Absolute. */
    readonly dataDir: string;
    readonly serverUrl: string | null;
    /** Whole addresses of single databases, which take precedence over `serverUrl`. */
    readonly urlOf: Readonly<Partial<Record<DatabaseOwner, string>>>;
    readonly poolSize: number;
  };
  /** Null: PostgreSQL keeps the event log. */
  readonly kafka: { readonly brokers: readonly string[]; readonly prefix: string } | null;
  readonly auth: { readonly jwtSecret: string; readonly internalSecret: string; readonly accessTokenTtlSeconds: number };
  readonly seating: { readonly reservationTtlSeconds: number };
  readonly payments: {
    readonly provider: 'simulator';
    readonly successRate: number;
    readonly latency: LatencyRange;
    readonly seed: number | null;
  };
  readonly pricing: Pricing & { readonly countries: CountryPricing };
  readonly log: { readonly level: RawSettings['logLevel'] };
};

export type SettingDescription = {
  name: string;
  meaning: string;
  default: string;
  /** Current value as text; secrets are masked. */
  value: string;
  source: 'default' | 'environment';
  /** What is wrong with the value given, if anything. */
  problem: string | null;
};

/** Largest pool with which all services together leave the embedded server's 100 connections room for others. */
const MAX_EMBEDDED_POOL = 9;

/**
 * Reads and checks every setting; with the embedded database also makes the secrets that were not given.
 *
 * @throws StartupError that names everything that is wrong at once
 */
export function loadSettings(environment: Environment): Settings {
  const problems = unknownNames(environment);
  const raw = parseAll(environment, problems);
  if (raw === null) throw refusal(problems);
  problems.push(...contradictions(raw));
  const pricing = pricingOf(raw, problems);
  if (problems.length > 0) throw refusal(problems);
  return freeze(group(raw, pricing));
}

/** One row per setting, for `onsale config`. Reads nothing but the environment given. */
export function describeSettings(environment: Environment): SettingDescription[] {
  return Object.values(SETTINGS_TABLE).map((row: SettingRow<unknown>) => {
    const text = environment[row.name] || undefined;
    const fallback = row.defaultMeaning ?? (row.default || '(none)');
    return {
      name: row.name,
      meaning: row.meaning,
      default: fallback,
      value: text === undefined ? fallback : masked(row, text),
      source: text === undefined ? 'default' : 'environment',
      problem: text === undefined ? null : problemOf(row, text),
    };
  });
}

function masked({ secret }: SettingRow<unknown>, text: string): string {
  if (secret === 'value') return '(hidden)';
  if (secret === undefined) return text;
  const url = URL.parse(text);
  if (url === null) return '(hidden)';
  if (url.password !== '') url.password = '***';
  // Passwords can also be given as a parameter.
  if (url.searchParams.has('password')) url.searchParams.set('password', '***');
  return url.href;
}

function problemOf(row: SettingRow<unknown>, text: string): string | null {
  try {
    row.parse(text);
    return null;
  } catch (error) {
    const shown = row.secret === undefined ? `, not ${JSON.stringify(text)}` : '';
    return `${row.name} must be ${error instanceof Error ? error.message : String(error)}${shown}`;
  }
}

function parseAll(environment: Environment, problems: string[]): RawSettings | null {
  const values: Partial<Record<SettingKey, unknown>> = {};
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- an object literal has just the keys of its type
  for (const key of Object.keys(SETTINGS_TABLE) as SettingKey[]) {
    const row: SettingRow<unknown> = SETTINGS_TABLE[key];
    // A name that is set to nothing counts as not set, as Compose files and shells make them.
    const text = environment[row.name] || row.default;
    if (text === null) {
      values[key] = null;
      continue;
    }
    const problem = problemOf(row, text);
    if (problem === null) values[key] = row.parse(text);
    else problems.push(problem);
  }
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the loop above has set every key by the parser of its row
  return problems.length === 0 ? (values as RawSettings) : null;
}

function unknownNames(environment: Environment): string[] {
  const known = Object.values(SETTINGS_TABLE).map(({ name }) => name);
  const isSet = (name: string): boolean => environment[name] !== undefined && environment[name] !== '';
  const later = NOT_SUPPORTED_YET.filter(isSet).map((name) => `${name} is not supported by this version; unset it`);
  const unknown = Object.keys(environment).filter((name) => name.startsWith('ONSALE_') && isSet(name) && !known.includes(name));
  const hints = unknown.map((name) => {
    const near = nearestName(name, known);
    return `${name} is not a setting${near === undefined ? '' : `; did you mean ${near}?`}`;
  });
  return [...later, ...hints];
}

function contradictions(raw: RawSettings): string[] {
  const problems: string[] = [];
  const production = raw.nodeEnv === 'production';
  const embedded = isEmbedded(raw);
  const demo = isDemo(raw);
  if (demo && production)
    problems.push('ONSALE_DEMO must not be true with NODE_ENV=production: everybody knows the demo passwords');
  if (demo && !isLoopback(raw.host) && !raw.demoPublic) {
    problems.push(
      `HOST=${raw.host} would show demo mode, whose passwords everybody knows, to others: set ONSALE_DEMO=false, or ONSALE_DEMO_PUBLIC=true if that is meant`,
    );
  }
  for (const [name, value] of [
    ['JWT_SECRET', raw.jwtSecret],
    ['INTERNAL_SECRET', raw.internalSecret],
  ] as const) {
    if (value !== null || (embedded && !production)) continue;
    problems.push(
      `${name} is required ${embedded ? 'with NODE_ENV=production' : 'with a database server'} (openssl rand -base64 32 makes one)`,
    );
  }
  if (raw.jwtSecret !== null && raw.jwtSecret === raw.internalSecret)
    problems.push('INTERNAL_SECRET must not be the same as JWT_SECRET');
  if (embedded && raw.poolSize > MAX_EMBEDDED_POOL) {
    problems.push(
      `PG_POOL_SIZE must be at most ${MAX_EMBEDDED_POOL} with the embedded database, as all services share its connections`,
    );
  }
  return problems;
}

function isEmbedded(raw: RawSettings): boolean {
  return raw.databaseUrl === null && Object.keys(ownDatabases(raw)).length === 0;
}

function isDemo(raw: RawSettings): boolean {
  return raw.demo ?? (isEmbedded(raw) && raw.nodeEnv !== 'production');
}

function ownDatabases(raw: RawSettings): Partial<Record<DatabaseOwner, string>> {
  const all: Record<DatabaseOwner, string | null> = {
    users: raw.usersDatabaseUrl,
    catalog: raw.catalogDatabaseUrl,
    seating: raw.seatingDatabaseUrl,
    orders: raw.ordersDatabaseUrl,
    payments: raw.paymentsDatabaseUrl,
    'event-log': raw.eventLogDatabaseUrl,
  };
  return Object.fromEntries(Object.entries(all).filter(([, url]) => url !== null));
}

function serviceUrls(raw: RawSettings): Settings['services']['urlsOf'] {
  const all: Record<CalledService, readonly string[] | null> = {
    users: raw.usersUrl,
    catalog: raw.catalogUrl,
    seating: raw.seatingUrl,
    orders: raw.ordersUrl,
    payments: raw.paymentsUrl,
  };
  return Object.fromEntries(Object.entries(all).filter(([, urls]) => urls !== null));
}

function pricingOf({ feePercent, feeFixedCents, taxPercent, pricingFile }: RawSettings, problems: string[]): Settings['pricing'] {
  const others = { feePercent, feeFixedCents, feeFixedCentsOf: new Map(), taxPercent };
  return { ...others, countries: pricingFile === null ? new Map() : readPricingFile(pricingFile, others, problems) };
}

function group(raw: RawSettings, pricing: Settings['pricing']): Settings {
  return {
    production: raw.nodeEnv === 'production',
    http: {
      host: raw.host,
      port: raw.port,
      corsOrigins: raw.corsOrigins,
      trustProxy: raw.trustProxy,
      rateLimitPerMinute: raw.rateLimitPerMinute,
    },
    services: { urlsOf: serviceUrls(raw), internalPort: raw.internalPort },
    demo: { enabled: isDemo(raw), public: raw.demoPublic },
    database: {
      embedded: isEmbedded(raw),
      dataDir: raw.dataDir,
      serverUrl: raw.databaseUrl,
      urlOf: ownDatabases(raw),
      poolSize: raw.poolSize,
    },
    kafka: raw.kafkaBrokers === null ? null : { brokers: raw.kafkaBrokers, prefix: raw.topicPrefix },
    auth: {
      jwtSecret: raw.jwtSecret ?? keptSecret(raw.dataDir, 'jwt.secret'),
      internalSecret: raw.internalSecret ?? keptSecret(raw.dataDir, 'internal.secret'),
      accessTokenTtlSeconds: raw.accessTokenTtlSeconds,
    },
    seating: { reservationTtlSeconds: raw.reservationTtlSeconds },
    payments: {
      provider: raw.paymentProvider,
      successRate: raw.paymentSuccessRate,
      latency: raw.paymentLatency,
      seed: raw.paymentSeed,
    },
    pricing,
    log: { level: raw.logLevel },
  };
}

function refusal(problems: readonly string[]): StartupError {
  const list = problems.map((problem) => `  - ${problem}`).join('\n');
  return new StartupError(`Onsale does not start, because of its settings:\n${list}\nAll of them: npm run config`);
}

function freeze<T extends object>(value: T): T {
  for (const part of Object.values(value)) if (typeof part === 'object' && part !== null) freeze(part);
  return Object.freeze(value);
}
