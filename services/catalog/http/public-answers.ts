import type { FastifyReply } from 'fastify';

/** How long an answer may be shown while the catalog cannot be asked. */
const STALE_IF_ERROR_SECONDS = 24 * 3600;

/**
 * Says that everybody gets this answer, so that it may be kept and shown, marked with its age, while the catalog is away
 * (`stale-if-error`, RFC 5861): the gateway does. Nothing with a draft in it may be marked so.
 */
export function markPublic(reply: FastifyReply): void {
  reply.header('cache-control', `public, max-age=0, stale-if-error=${STALE_IF_ERROR_SECONDS}`);
}
