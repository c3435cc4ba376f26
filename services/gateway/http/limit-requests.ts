import type { FastifyInstance, FastifyRequest } from 'fastify';
import { addressKey } from '../../../platform/http/address-key.ts';
import { ApiError } from '../../../platform/http/api-error.ts';
import type { Metrics } from '../../../platform/telemetry/metrics.ts';
import { createRateLimit } from '../domain/rate-limit.ts';

const MAX_KEYS = 200_000;

/** Limits requests to the API per user, and per address without one. Pages, health and metrics are not counted. */
export function limitRequests(app: FastifyInstance, perMinute: number, metrics: Metrics): void {
  if (perMinute === 0) return;
  const limit = createRateLimit(perMinute, MAX_KEYS);
  const refused = metrics.counter('onsale_rate_limited_total', 'Requests refused by the rate limit');
  app.addHook('onRequest', (request, _reply, done) => {
    if (!request.url.startsWith('/v1/')) return done();
    const waitMs = limit.take(senderOf(request), performance.now());
    if (waitMs === 0) return done();
    refused.add();
    return done(tooMany(perMinute, waitMs));
  });
}

function senderOf(request: FastifyRequest): string {
  return request.identity?.kind === 'user' ? request.identity.userId : addressKey(request.ip);
}

function tooMany(perMinute: number, waitMs: number): ApiError {
  const seconds = Math.max(1, Math.ceil(waitMs / 1000));
  const detail = `More than ${perMinute} requests a minute. The next one may come in ${seconds} ${seconds === 1 ? 'second' : 'seconds'}.`;
  return new ApiError('RATE_LIMITED', detail, {}, seconds);
}
