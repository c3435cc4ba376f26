import { isIP } from 'node:net';
import { resolve } from 'node:path';

/** Reads a setting's text; throws an Error whose message says what it must be, to follow "PORT must be …". */
export type Parser<T> = (text: string) => T;

export const flag: Parser<boolean> = (text) => {
  if (text === 'true' || text === '1') return true;
  if (text === 'false' || text === '0') return false;
  throw new Error('true or false');
};

export const integer =
  (minimum: number, maximum: number): Parser<number> =>
  (text) => {
    const value = /^-?\d+$/.test(text) ? Number(text) : NaN;
    if (!(value >= minimum && value <= maximum)) throw new Error(`a whole number from ${minimum} to ${maximum}`);
    return value;
  };

/** @param decimals at most so many digits behind the point, so that later arithmetic in whole numbers is exact */
export const decimal =
  (minimum: number, maximum: number, decimals: number): Parser<number> =>
  (text) => {
    const value = new RegExp(`^\\d+(\\.\\d{1,${decimals}})?$`).test(text) ? Number(text) : NaN;
    if (!(value >= minimum && value <= maximum))
      throw new Error(`a number from ${minimum} to ${maximum} with at most ${decimals} decimals`);
    return value;
  };

export const oneOf =
  <const Name extends string>(...names: readonly Name[]): Parser<Name> =>
  (text) => {
    const found = names.find((name) => name === text);
    if (found === undefined) throw new Error(names.length === 1 ? `${names[0]}` : `one of ${names.join(', ')}`);
    return found;
  };

export type LatencyRange = { readonly minMs: number; readonly maxMs: number };

const MAX_LATENCY_MS = 60_000;

/** `100-500`, or one number for both. */
export const latencyRange: Parser<LatencyRange> = (text) => {
  const match = /^(\d+)(?:-(\d+))?$/.exec(text);
  const [minMs, maxMs] = [Number(match?.[1] ?? NaN), Number(match?.[2] ?? match?.[1] ?? NaN)];
  if (!(minMs <= maxMs && maxMs <= MAX_LATENCY_MS))
    throw new Error(`milliseconds as 100-500, or one number, up to ${MAX_LATENCY_MS}`);
  return { minMs, maxMs };
};

export const path: Parser<string> = (text) => resolve(text);

export const host: Parser<string> = (text) => {
  if (isIP(text) === 0 && !/^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$/.test(text))
    throw new Error('a host name or an IP address');
  return text;
};

export function isLoopback(name: string): boolean {
  return name === 'localhost' || name === '::1' || (isIP(name) === 4 && name.startsWith('127.'));
}

export const postgresUrl: Parser<string> = (text) => {
  const url = URL.parse(text);
  if (url === null || !['postgres:', 'postgresql:'].includes(url.protocol) || url.hostname === '') {
    throw new Error('an address like postgres://user:password@host:5432/database');
  }
  return text;
};

/** Exactly what browsers send as Origin. `*` is no origin: answers to signed-in users must not go to any site. */
export const origins: Parser<readonly string[]> = (text) => {
  const list = commaSeparated(text);
  const wrong = list.find((origin) => URL.parse(origin)?.origin !== origin);
  if (wrong !== undefined)
    throw new Error(`origins like https://tickets.example.com, separated by commas; ${JSON.stringify(wrong)} is none`);
  return list;
};

export const brokers: Parser<readonly string[]> = (text) => {
  const list = commaSeparated(text);
  const isAddress = (entry: string): boolean => {
    const url = URL.parse(`kafka://${entry}`);
    return url !== null && url.hostname !== '' && url.port !== '' && url.host === entry.toLowerCase();
  };
  if (list.length === 0 || !list.every(isAddress)) throw new Error('addresses like kafka-1:9092,kafka-2:9092');
  return list;
};

export const topicPrefix: Parser<string> = (text) => {
  if (!/^[a-z0-9][\w.-]{0,99}$/i.test(text)) throw new Error('letters, digits, dots, hyphens and underscores, at most 100');
  return text;
};

const PROXY_NAMES = ['loopback', 'linklocal', 'uniquelocal'];
const MAX_PROXY_HOPS = 10;

/** Between services there is no TLS of ours: a private network, or a mesh, carries them. */
export const serviceUrls: Parser<readonly string[]> = (text) => {
  const urls = commaSeparated(text).map((entry) => ({ entry, url: URL.parse(entry) }));
  const wrong = urls.find(
    ({ url }) => url?.protocol !== 'http:' || url.pathname !== '/' || `${url.search}${url.username}` !== '',
  );
  if (urls.length === 0 || wrong !== undefined) throw new Error('addresses like http://10.0.0.5:8080, separated by commas');
  return urls.map(({ entry, url }) => url?.origin ?? entry);
};

/** false, true, the number of proxies in front, or the addresses (also as CIDR) that are trusted. */
export const trustProxy: Parser<boolean | number | readonly string[]> = (text) => {
  if (text === 'true' || text === 'false') return text === 'true';
  if (/^\d+$/.test(text) && Number(text) <= MAX_PROXY_HOPS) return Number(text);
  const list = commaSeparated(text);
  if (list.length > 0 && list.every((entry) => PROXY_NAMES.includes(entry) || isAddressRange(entry))) return list;
  throw new Error(`true, false, a number of proxies up to ${MAX_PROXY_HOPS}, or addresses like 10.0.0.0/8, separated by commas`);
};

export const MIN_SECRET_LENGTH = 32;

export const secretText: Parser<string> = (text) => {
  if (text.length < MIN_SECRET_LENGTH)
    throw new Error(`at least ${MIN_SECRET_LENGTH} characters (openssl rand -base64 32 makes one)`);
  return text;
};

function commaSeparated(text: string): string[] {
  return text
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '');
}

function isAddressRange(text: string): boolean {
  const [address = '', bits, ...rest] = text.split('/');
  const version = isIP(address);
  if (version === 0 || rest.length > 0) return false;
  return bits === undefined || (/^\d+$/.test(bits) && Number(bits) <= (version === 4 ? 32 : 128));
}
