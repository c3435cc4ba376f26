import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ERRORS, type ErrorCode } from '../../contracts/errors.ts';
import { newId } from '../../contracts/ids.ts';
import { ask, type Ask } from '../support/ask.ts';
import { buy, clientWith, makeEvent, type Answer } from '../support/buyer.ts';
import { startSystem, type TestSystem } from '../support/system.ts';

/** Requests that nobody means well, made by a fixed seed from the routes that the API describes. */

const SEED = 20_260_101;
const ROUNDS = 24;
const AT_ONCE = 8;

type Schema = { [keyword: string]: any };
type Route = { method: string; path: string; operation: Schema };
type Attack = { method: string; path: string; options: Ask };
type Victim = { userId: string; token: string; ids: string[] };

let system: TestSystem;
let routes: Route[];
let victim: Victim;
let eventId: string;

beforeAll(async () => {
  system = await startSystem();
  const organizer = system.signIn('organizer');
  eventId = await makeEvent(clientWith(system.url, organizer.userId, organizer.token), [
    { section: 'VIP', kind: 'SEATED', priceCents: 15_000, rows: [{ row: 'A', seats: 12 }] },
  ]);
  victim = await boughtBy(system.signIn('customer'));
  const { paths } = (await ask(`${system.url}/openapi.json`, 'GET')).body;
  routes = Object.entries<Schema>(paths).flatMap(([path, methods]) =>
    Object.entries<Schema>(methods).map(([method, operation]) => ({ method: method.toUpperCase(), path, operation })),
  );
});
afterAll(() => system.stop());

async function boughtBy(user: { userId: string; token: string }): Promise<Victim> {
  const client = clientWith(system.url, user.userId, user.token);
  const { reservation, order, charge } = await buy(client, eventId, { seatIds: [1] });
  await client.get(`/v1/orders/${order.orderId}?waitFor=CONFIRMED&timeoutMs=10000`);
  const { tickets } = (await client.get(`/v1/orders/${order.orderId}/tickets`)).body;
  return { ...user, ids: [reservation.reservationId, order.orderId, charge.body.paymentId, tickets[0].ticketId] };
}

/** mulberry32: the same numbers in every run. */
function numbersFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const next = numbersFrom(SEED);
function oneOf<T>(values: readonly T[]): T {
  const [value] = values.slice(Math.floor(next() * values.length));
  if (value === undefined) throw new Error('a choice among nothing');
  return value;
}

const TEXTS = [
  '',
  ' ',
  'x'.repeat(10_000),
  '\0',
  'a\u0000b',
  '\ud800',
  '\u202e\u200b\ufeff',
  '🎟️'.repeat(50),
  'İıſ',
  '\r\nSet-Cookie: a=b',
  "'; DROP TABLE event; --",
  "' OR '1'='1",
  '%_\\',
  '../../../../etc/passwd',
  '<script>alert(1)</script>',
  '${7*7}{{7*7}}',
  '__proto__',
  'NaN',
  '-1',
  '1e400',
  '2026-02-30T25:61:61Z',
  '0000-00-00T00:00:00Z',
  'evt_00000000-0000-7000-8000-000000000000',
] as const;
const NUMBERS = [-1, 0, 0.5, 1e9, 2 ** 31, 2 ** 53, 1e308, -1e308, Number.MAX_SAFE_INTEGER, -0] as const;

function junk(depth = 0): unknown {
  const kinds = [
    () => oneOf(TEXTS),
    () => oneOf(NUMBERS),
    () => oneOf([null, true, false]),
    () => [],
    () => ({}),
    () => Array.from({ length: 300 }, () => oneOf(NUMBERS)),
    () => ({ length: 1e9, toString: 1, valueOf: null, hasOwnProperty: 1 }),
    () => (depth < 3 ? [junk(depth + 1)] : 'deep'),
    () => oneOf(victim.ids),
  ];
  return oneOf(kinds)();
}

/** A value as the schema wants it, so that some attacks come past the first check. */
function meant(schema: Schema): unknown {
  if (schema['anyOf']) return meant(oneOf(schema['anyOf']));
  if (schema['enum']) return oneOf(schema['enum']);
  if (typeof schema['pattern'] === 'string') return fitting(schema['pattern']);
  if (schema['format'] === 'date-time')
    return oneOf(['2026-01-01T00:00:00Z', '9999-12-31T23:59:59+14:00', '1970-01-01T00:00:00-23:59']);
  if (schema['format'] === 'email') return `${randomUUID()}@example.org`;
  if (schema['type'] === 'integer' || schema['type'] === 'number')
    return oneOf([schema['minimum'] ?? 0, schema['maximum'] ?? 2 ** 31, 1]);
  if (schema['type'] === 'array') return Array.from({ length: oneOf([1, 2]) }, () => meant(schema['items'] ?? {}));
  if (schema['type'] !== 'object') return oneOf(['Hall', 'VIP', 'VIP-A-2', 'Europe/Amsterdam']);
  const properties = Object.entries<Schema>(schema['properties'] ?? {});
  const kept = properties.filter(([name]) => schema['required']?.includes(name) || next() < 0.3);
  return Object.fromEntries(kept.map(([name, inner]) => [name, meant(inner)]));
}

function fitting(pattern: string): unknown {
  const prefix = /^\^([a-z]{3})_/.exec(pattern)?.[1];
  if (prefix === 'evt') return oneOf([eventId, newId('event')]);
  if (prefix !== undefined)
    return oneOf([...victim.ids.filter((id) => id.startsWith(prefix)), `${prefix}_${newId('event').slice(4)}`]);
  return oneOf(['EUR', 'abc', '+12125550123', 'Hall']);
}

/** One place of a good body spoilt. */
function spoilt(body: unknown): unknown {
  if (typeof body !== 'object' || body === null) return junk();
  const names = Object.keys(body);
  const name = oneOf([...names, randomUUID(), 'userId', 'constructor']);
  const inner: unknown = Reflect.get(body, name);
  const bad = typeof inner === 'object' && inner !== null && next() < 0.5 ? spoilt(inner) : junk();
  if (Array.isArray(body)) return body.map((value: unknown, index) => (String(index) === name ? bad : value));
  return { ...body, [name]: bad };
}

const RAW_BODIES = [
  '',
  '{',
  'null',
  '[]',
  '"x"',
  '0',
  '{"__proto__":{"roles":["admin"]}}',
  '{"constructor":{"prototype":{"x":1}}}',
  '{"eventId":"\\u0000"}',
  '{"eventId":"\\ud800"}',
  '{"a":1,"a":2}',
  `${'['.repeat(20_000)}${']'.repeat(20_000)}`,
  `${'{"a":'.repeat(5_000)}1${'}'.repeat(5_000)}`,
  `{"${'k'.repeat(60_000)}":1}`,
  '{"seatIds":[1e999]}',
  '\ufeff{}',
] as const;
const TYPES = [
  'application/json',
  'text/plain',
  'text/csv',
  'application/json; charset=utf-16',
  'multipart/form-data',
  'x',
  '/',
] as const;
const PATH_VALUES = [
  '%2e%2e%2f',
  '..%5c',
  '%00',
  '%zz',
  '%',
  '%ff%fe',
  "'%20OR%201=1--",
  'x'.repeat(5_000),
  '-1',
  '9'.repeat(30),
  '*',
  '%F0%9F%8E%9F',
];
const HEADERS: Record<string, readonly string[]> = {
  'idempotency-key': ['x'.repeat(300), 'a b', '', 'k', 'ÿ'],
  'if-none-match': ['*', '"', 'W/"', ','.repeat(2_000)],
  'last-event-id': ['-1', '1e9', 'x', '9'.repeat(40)],
  'x-request-id': ['<script>', 'x'.repeat(5_000), 'a,b'],
  traceparent: ['00-zz-zz-01', '00-' + '0'.repeat(32) + '-' + '0'.repeat(16) + '-00', 'x'.repeat(3_000)],
  'x-onsale-credential': ['x', 'eyJhbGciOiJub25lIn0.e30.'],
  'x-forwarded-for': ['127.0.0.1, "', 'x'.repeat(3_000)],
  'accept-encoding': ['gzip;q=x'],
  range: ['bytes=0-99999999999999999999'],
};
const TOKENS = ['', 'null', 'x'.repeat(8_000), 'eyJhbGciOiJub25lIn0.eyJzdWIiOiJ1c3IifQ.', 'a.b.c', '....'] as const;

function attackOn({ method, path, operation }: Route, token: string): Attack {
  const filled = path.replaceAll(/\{(\w+)\}/g, () => oneOf([...victim.ids, eventId, ...PATH_VALUES]));
  const url = filled + oneOf(['', '', queryFor(operation)]);
  const headers: Record<string, string> = { 'idempotency-key': randomUUID() };
  if (next() < 0.3) {
    const name = oneOf(Object.keys(HEADERS));
    headers[name] = oneOf(HEADERS[name] ?? []);
  }
  const who = next() < 0.1 ? oneOf(TOKENS) : token;
  const odd = next() < 0.1;
  const used = odd ? oneOf(['PATCH', 'PUT', 'DELETE', 'POST', 'OPTIONS']) : method;
  if (used === 'GET') return { method: used, path: url, options: { token: who, headers } };
  if (next() < 0.25) {
    headers['content-type'] = oneOf(TYPES);
    return { method: used, path: url, options: { token: who, headers, body: oneOf(RAW_BODIES) } };
  }
  const schema: Schema = operation['requestBody']?.content?.['application/json']?.schema ?? {};
  const good = meant({ type: 'object', ...schema });
  return { method: used, path: url, options: { token: who, headers, body: next() < 0.6 ? spoilt(good) : good } };
}

function queryFor(operation: Schema): string {
  const names = [
    ...(operation['parameters'] ?? []).filter((one: Schema) => one['in'] === 'query').map((one: Schema) => one['name']),
    'x',
  ];
  const name: string = oneOf(names);
  const value = encodeURIComponent(oneOf(TEXTS).toWellFormed());
  return oneOf([
    `?${name}=${value}`,
    `?${name}=1&${name}=2`,
    `?${name}[a]=1`,
    `?${name}`,
    '?__proto__=1',
    `?${value}`,
    '?%zz=%',
    `?eventId=${eventId}&${name}=${value}`,
  ]);
}

async function send({ method, path, options }: Attack): Promise<Answer> {
  return ask(system.url + path, method, { ...options, signal: AbortSignal.timeout(5_000) });
}

/** What is wrong with an answer, or null. */
function faultOf(answer: Answer): string | null {
  if (answer.status < 400) return null;
  if (!answer.headers.get('content-type')?.startsWith('application/problem+json')) return 'an error that is no problem document';
  const { code, status, traceId, detail } = answer.body;
  if (!Object.hasOwn(ERRORS, code)) return `an unknown code: ${code}`;
  const known: ErrorCode = code;
  if (ERRORS[known].status !== answer.status || status !== answer.status) return `${code} with status ${answer.status}`;
  if (answer.status >= 500 && !answer.headers.has('retry-after')) return `${answer.status} ${code}`;
  if (!/^[0-9a-f]{32}$/.test(traceId)) return 'no trace id';
  if (typeof detail !== 'string' || detail.length === 0 || detail.length > 1_000) return 'no detail, or an endless one';
  if (/node_modules|\.ts:\d|SELECT |relation "|pg_/.test(JSON.stringify(answer.body))) return 'something of the inside';
  return null;
}

const STREAM = '/v1/seats/stream';

describe('hostile requests', () => {
  it('are answered with an error of ours, never fail the system, and show nothing of others', { timeout: 60_000 }, async () => {
    const attackers = [system.signIn('customer'), system.signIn('organizer'), system.signIn('door')].map(({ token }) => token);
    const attacks = Array.from({ length: ROUNDS }, () => routes.filter(({ path }) => path !== STREAM)).flatMap((all) =>
      all.map((route) => attackOn(route, oneOf(attackers))),
    );
    const faults: string[] = [];
    const statuses = new Map<number, number>();
    for (let start = 0; start < attacks.length; start += AT_ONCE) {
      const some = attacks.slice(start, start + AT_ONCE);
      const answers = await Promise.all(some.map((attack) => send(attack)));
      for (const [index, answer] of answers.entries()) {
        statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1);
        const leak =
          answer.status < 400 && JSON.stringify(answer.body).includes(victim.userId) ? 'something of another user' : null;
        const fault = leak ?? faultOf(answer);
        if (fault !== null)
          faults.push(`${fault}: ${JSON.stringify(some[index]).slice(0, 400)} → ${JSON.stringify(answer.body).slice(0, 300)}`);
      }
    }
    expect(faults).toEqual([]);
    expect(attacks.length).toBeGreaterThan(500);
    // Some came past every check; else this would prove little.
    expect([...statuses.keys()]).toEqual(expect.arrayContaining([200, 400, 403, 404, 405, 415]));
  });

  it.each([
    ['?eventId=x'],
    [`?eventId=${newId('event')}`],
    ['?eventId=%00'],
    ['?eventId=evt_&eventId=evt_'],
    ['?version=1'],
    ['?version=-1e999'],
  ])('get no stream: %s', async (query) => {
    const answer = await send({ method: 'GET', path: STREAM + query, options: {} });
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(faultOf(answer)).toBeNull();
  });

  it('leave the system as it was for those who mean well', async () => {
    expect((await ask(`${system.url}/health/ready`, 'GET')).body.status).toBe('up');
    const own = await ask(`${system.url}/v1/orders`, 'GET', { token: victim.token });
    expect(own.body.items.map(({ status }: { status: string }) => status)).toEqual(['CONFIRMED']);
    const events = await ask(`${system.url}/v1/events/${eventId}`, 'GET');
    expect(events.body).toMatchObject({ eventId, status: 'UPCOMING' });
    const { statuses } = (await ask(`${system.url}/v1/seats/status?eventId=${eventId}`, 'GET')).body;
    expect(statuses[0]).toBe('L');
  });
});
