import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../test/support/temporary-folder.ts';
import { describeSettings, loadSettings } from './settings.ts';
import type { Environment, Settings } from './settings.ts';

let dataDir: string;
beforeEach(() => void (dataDir = temporaryFolder()));
afterEach(() => rmSync(dataDir, { recursive: true }));

const SECRETS = { JWT_SECRET: 'j'.repeat(32), INTERNAL_SECRET: 'i'.repeat(32) };
const SERVER = { DATABASE_URL: 'postgres://onsale:pw@db.example:5432/onsale', ...SECRETS };

const load = (environment: Environment = {}): Settings => loadSettings({ ONSALE_DATA_DIR: dataDir, ...environment });
const refusalOf = (environment: Environment): string => {
  try {
    load(environment);
    return '(accepted)';
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
};

describe('settings', () => {
  it('have defaults with which the program just starts', () => {
    const settings = load();
    expect(settings.http).toMatchObject({
      host: '127.0.0.1',
      port: 8080,
      rateLimitPerMinute: 600,
      trustProxy: false,
      corsOrigins: [],
    });
    expect(settings.database).toMatchObject({ embedded: true, serverUrl: null, urlOf: {} });
    expect(settings.demo).toEqual({ enabled: true, public: false });
    expect(settings.payments).toEqual({
      provider: 'simulator',
      successRate: 0.95,
      latency: { minMs: 100, maxMs: 500 },
      seed: null,
    });
    expect(settings.seating.reservationTtlSeconds).toBe(900);
    expect(isAbsolute(settings.database.dataDir)).toBe(true);
  });

  it('cannot be changed once they are read', () => {
    const settings = load();
    expect(Object.isFrozen(settings) && Object.isFrozen(settings.http) && Object.isFrozen(settings.http.corsOrigins)).toBe(true);
  });

  it('read what the environment says', () => {
    const settings = load({
      PORT: '0',
      PAYMENT_LATENCY_MS: '0',
      PAYMENT_SEED: '7',
      CORS_ORIGINS: 'https://a.example, http://localhost:5173',
      TRUST_PROXY: '10.0.0.0/8,loopback',
      FEE_PERCENT: '2.5',
      TAX_PERCENT: '8.875',
      ONSALE_DEMO: 'false',
    });
    expect(settings.http).toMatchObject({
      port: 0,
      corsOrigins: ['https://a.example', 'http://localhost:5173'],
      trustProxy: ['10.0.0.0/8', 'loopback'],
    });
    expect(settings.payments).toMatchObject({ latency: { minMs: 0, maxMs: 0 }, seed: 7 });
    expect(settings.pricing).toMatchObject({ feePercent: 2.5, taxPercent: 8.875 });
    expect(settings.demo.enabled).toBe(false);
    expect(load({ TRUST_PROXY: '2' }).http.trustProxy).toBe(2);
    expect(load({ TRUST_PROXY: 'true' }).http.trustProxy).toBe(true);
  });

  it('take a name that is set to nothing as not set', () => {
    expect(load({ PORT: '', DATABASE_URL: '', JWT_SECRET: '' }).http.port).toBe(8080);
  });

  it('name everything that is wrong at once', () => {
    const refusal = refusalOf({
      PORT: '80a',
      PAYMENT_SUCCESS_RATE: '2',
      JWT_SECRET: 'short',
      CORS_ORIGINS: '*',
      LOG_LEVEL: 'loud',
    });
    for (const name of ['PORT', 'PAYMENT_SUCCESS_RATE', 'JWT_SECRET', 'CORS_ORIGINS', 'LOG_LEVEL'])
      expect(refusal).toContain(`- ${name} must be`);
  });

  it('never show a secret in a refusal', () => {
    const refusal = refusalOf({ JWT_SECRET: 'hunter2', DATABASE_URL: 'mysql://root:hunter2@db/x' });
    expect(refusal).toContain('DATABASE_URL');
    expect(refusal).not.toContain('hunter2');
  });

  it.each([
    ['PORT', '-1'],
    ['PORT', '65536'],
    ['PORT', '80.5'],
    ['RESERVATION_TTL_SECONDS', '0'],
    ['PAYMENT_LATENCY_MS', '500-100'],
    ['PAYMENT_LATENCY_MS', '1-2-3'],
    ['FEE_PERCENT', '1.2345'],
    ['FEE_FIXED_CENTS', '1e3'],
    ['TRUST_PROXY', 'everybody'],
    ['TRUST_PROXY', '10.0.0.0/33'],
    ['CORS_ORIGINS', 'https://a.example/'],
    ['ONSALE_DEMO', 'yes'],
    ['HOST', 'not a host'],
    ['DATABASE_URL', 'postgres://'],
    ['PAYMENT_PROVIDER', 'stripe'],
    ['KAFKA_BROKERS', 'localhost'],
    ['KAFKA_BROKERS', 'kafka://localhost:9092'],
    ['ONSALE_TOPIC_PREFIX', 'on sale'],
  ])('refuse %s=%s', (name, value) => {
    expect(refusalOf({ ...SERVER, [name]: value })).toContain(`- ${name} must be`);
  });

  it('refuse an unknown name of ours with the nearest known one, and what is not there yet', () => {
    expect(refusalOf({ ONSALE_DATADIR: '/tmp' })).toContain('ONSALE_DATADIR is not a setting; did you mean ONSALE_DATA_DIR?');
    expect(refusalOf({ ONSALE_XYZZY: '1' })).toContain('ONSALE_XYZZY is not a setting');
    expect(refusalOf({ REDIS_URL: 'redis://localhost' })).toContain('REDIS_URL is not supported by this version');
  });
});

describe('the event log', () => {
  it('is on PostgreSQL unless brokers are named', () => {
    expect(load(SERVER).kafka).toBe(null);
    const { kafka } = load({ ...SERVER, KAFKA_BROKERS: 'kafka-1:9092, [::1]:9093' });
    expect(kafka).toEqual({ brokers: ['kafka-1:9092', '[::1]:9093'], prefix: 'onsale.' });
  });
});

describe('demo mode', () => {
  it('is off with a server unless asked for', () => {
    expect(load(SERVER).demo.enabled).toBe(false);
    expect(load({ ...SERVER, ONSALE_DEMO: 'true' }).demo.enabled).toBe(true);
  });

  it('refuses to be seen by others, unless that is meant', () => {
    expect(refusalOf({ HOST: '0.0.0.0' })).toContain('ONSALE_DEMO_PUBLIC=true');
    expect(load({ HOST: '0.0.0.0', ONSALE_DEMO_PUBLIC: 'true' }).demo).toEqual({ enabled: true, public: true });
    expect(load({ HOST: '0.0.0.0', ONSALE_DEMO: 'false' }).demo.enabled).toBe(false);
    for (const host of ['localhost', '::1', '127.0.0.2']) expect(load({ HOST: host }).demo.enabled).toBe(true);
  });

  it('is refused in production, and is not on there by itself', () => {
    expect(refusalOf({ ...SECRETS, NODE_ENV: 'production', ONSALE_DEMO: 'true' })).toContain('ONSALE_DEMO must not be true');
    expect(load({ ...SECRETS, NODE_ENV: 'production' }).demo.enabled).toBe(false);
  });
});

describe('secrets', () => {
  it('are made once, kept, and readable by their owner only', () => {
    const first = load().auth;
    expect(first.jwtSecret.length).toBeGreaterThanOrEqual(32);
    expect(first.jwtSecret).not.toBe(first.internalSecret);
    expect(load().auth).toEqual(first);
    expect(statSync(join(dataDir, 'jwt.secret')).mode & 0o777).toBe(0o600);
  });

  it('that were given are not written anywhere', () => {
    expect(load(SECRETS).auth).toMatchObject({ jwtSecret: SECRETS.JWT_SECRET, internalSecret: SECRETS.INTERNAL_SECRET });
    expect(readdirSync(dataDir)).toEqual([]);
  });

  it('are required with a server and in production', () => {
    expect(refusalOf({ DATABASE_URL: SERVER.DATABASE_URL })).toMatch(
      /JWT_SECRET is required with a database server[^]*INTERNAL_SECRET is required/,
    );
    expect(refusalOf({ NODE_ENV: 'production' })).toContain('JWT_SECRET is required with NODE_ENV=production');
    expect(readdirSync(dataDir)).toEqual([]);
  });

  it('must differ', () => {
    expect(refusalOf({ ...SERVER, INTERNAL_SECRET: SERVER.JWT_SECRET })).toContain('must not be the same');
  });

  it('that were damaged are not replaced in silence', () => {
    writeFileSync(join(dataDir, 'jwt.secret'), 'cut');
    expect(refusalOf({})).toContain('is damaged');
    expect(readFileSync(join(dataDir, 'jwt.secret'), 'utf8')).toBe('cut');
  });
});

describe('the database', () => {
  it('of a service can be elsewhere', () => {
    const settings = load({ ...SERVER, SEATING_DATABASE_URL: 'postgresql://s@other/seats' });
    expect(settings.database).toMatchObject({
      embedded: false,
      serverUrl: SERVER.DATABASE_URL,
      urlOf: { seating: 'postgresql://s@other/seats' },
    });
    expect(load({ ...SECRETS, SEATING_DATABASE_URL: 'postgresql://s@other/seats' }).database.embedded).toBe(false);
  });

  it('that is embedded is not asked for more connections than it has', () => {
    expect(refusalOf({ PG_POOL_SIZE: '20' })).toContain('PG_POOL_SIZE must be at most 9');
    expect(load({ ...SERVER, PG_POOL_SIZE: '20' }).database.poolSize).toBe(20);
  });
});

describe('the description of the settings', () => {
  it('tells each with its meaning, default, value and where that is from', () => {
    const rows = describeSettings({ PORT: '9000' });
    expect(rows.find(({ name }) => name === 'PORT')).toMatchObject({
      default: '8080',
      value: '9000',
      source: 'environment',
      problem: null,
    });
    expect(rows.find(({ name }) => name === 'HOST')).toMatchObject({ value: '127.0.0.1', source: 'default' });
    expect(rows.every(({ meaning }) => meaning.length > 0)).toBe(true);
    expect(new Set(rows.map(({ name }) => name)).size).toBe(rows.length);
  });

  it('masks secrets and the passwords inside addresses', () => {
    const text = JSON.stringify(
      describeSettings({ JWT_SECRET: 'hunter2', DATABASE_URL: 'postgres://a:hunter2@db/x?password=hunter2' }),
    );
    expect(text).not.toContain('hunter2');
    expect(text).toContain('postgres://a:***@db/x');
  });

  it('says what is wrong with a value instead of failing', () => {
    expect(describeSettings({ PORT: 'x' }).find(({ name }) => name === 'PORT')?.problem).toContain('PORT must be a whole number');
  });
});
