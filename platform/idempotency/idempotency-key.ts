import { createHash } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import { ApiError } from '../http/api-error.ts';
import { requireUser } from '../http/request.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Said on a route that takes an Idempotency-Key, so that the API's description says it too. */
    idempotencyKey?: 'required' | 'accepted';
  }
}

/** A key as it is kept: the same key of another user or on another route is another key. */
export type IdempotencyKey = {
  scope: string;
  key: string;
  /** SHA-256 of the payload, whatever the order of its fields. */
  requestHash: Buffer;
};

/** The key of a request, for routes that need one; throws IDEMPOTENCY_KEY_REQUIRED or IDEMPOTENCY_KEY_INVALID. */
export function requireIdempotencyKey(request: FastifyRequest): IdempotencyKey {
  const key = optionalIdempotencyKey(request);
  if (key !== null) return key;
  throw new ApiError(
    'IDEMPOTENCY_KEY_REQUIRED',
    'Send an Idempotency-Key header, new for every purchase and the same when you repeat it, so that nothing is done twice.',
  );
}

/** The key of a request, or null when it has none. The scope is the signed-in user and the route. */
export function optionalIdempotencyKey(request: FastifyRequest): IdempotencyKey | null {
  if (request.routeOptions.config.idempotencyKey === undefined)
    throw new Error('A route with a key says so: config: { idempotencyKey }');
  const key = parseIdempotencyKey(request.headers['idempotency-key']);
  if (key === null) return null;
  const { userId } = requireUser(request);
  const scope = `${request.method} ${request.routeOptions.url ?? ''} ${userId}`;
  return { scope, key, requestHash: payloadHash({ body: request.body ?? null, params: request.params ?? null }) };
}

/** Null without a header; throws for anything but one value of 1 to 255 printable ASCII characters. */
export function parseIdempotencyKey(header: string | string[] | undefined): string | null {
  if (header === undefined) return null;
  if (typeof header === 'string' && /^(?! )[\x20-\x7e]{1,255}(?<! )$/.test(header)) return header;
  throw new ApiError(
    'IDEMPOTENCY_KEY_INVALID',
    'The Idempotency-Key must be one value of 1 to 255 printable ASCII characters, for example a UUID.',
  );
}

/** SHA-256 of a JSON value in which fields are in order, so that two ways to write the same payload are the same. */
export function payloadHash(payload: unknown): Buffer {
  return createHash('sha256').update(JSON.stringify(payload, inOrder)).digest();
}

function inOrder(_name: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}
