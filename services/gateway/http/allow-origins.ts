import cors from '@fastify/cors';
import type { FastifyInstance } from 'fastify';

const PREFLIGHT_REMEMBERED_SECONDS = 600;

/**
 * Lets pages of these origins call the API. Without any, browsers keep to this origin. No credentials: a page elsewhere sends the
 * access token as a header, never our cookie.
 */
export function allowOrigins(app: FastifyInstance, origins: readonly string[]): void {
  if (origins.length === 0) return;
  app.register(cors, {
    origin: [...origins],
    methods: ['GET', 'HEAD', 'POST', 'PUT', 'DELETE'],
    allowedHeaders: [
      'Authorization',
      'Content-Type',
      'Idempotency-Key',
      'If-None-Match',
      'Last-Event-ID',
      'Queue-Token',
      'Traceparent',
      'X-Request-Id',
    ],
    exposedHeaders: ['Age', 'ETag', 'Idempotent-Replayed', 'Location', 'Retry-After', 'X-Onsale-Stale', 'X-Request-Id'],
    maxAge: PREFLIGHT_REMEMBERED_SECONDS,
    strictPreflight: false,
  });
}
