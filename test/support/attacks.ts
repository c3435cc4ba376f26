import { randomUUID } from 'node:crypto';
import { newId } from '../../contracts/ids.ts';
import type { Ask } from './ask.ts';

/** Of a JSON Schema or an OpenAPI operation: whatever stands there. */
export type Schema = { [keyword: string]: any };
export type Route = { method: string; path: string; operation: Schema };
export type Attack = { method: string; path: string; options: Ask };
/** Ids that are somebody's, to try where they do not belong. */
export type Known = { ids: readonly string[]; eventId: string };

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

/** Makes requests that nobody means well out of what the API's description says of a route; the same ones for the same seed. */
export function attacksFrom(
  seed: number,
  known: Known,
): { on(route: Route, token: string): Attack; oneOf<T>(values: readonly T[]): T } {
  const next = numbersFrom(seed);

  function oneOf<T>(values: readonly T[]): T {
    const [value] = values.slice(Math.floor(next() * values.length));
    if (value === undefined) throw new Error('a choice among nothing');
    return value;
  }

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
      () => oneOf(known.ids),
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
    if (prefix === 'evt') return oneOf([known.eventId, newId('event')]);
    if (prefix !== undefined)
      return oneOf([...known.ids.filter((id) => id.startsWith(prefix)), `${prefix}_${newId('event').slice(4)}`]);
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

  function attackOn({ method, path, operation }: Route, token: string): Attack {
    const filled = path.replaceAll(/\{(\w+)\}/g, () => oneOf(next() < 0.5 ? known.ids : [known.eventId, ...PATH_VALUES]));
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
      `?eventId=${known.eventId}&${name}=${value}`,
    ]);
  }

  return { on: attackOn, oneOf };
}
