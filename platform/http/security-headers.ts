import type { FastifyReply } from 'fastify';

/**
 * For answers that are data: nothing in them may run, be framed or be guessed to be something else, and no cache keeps them unless
 * their route says so. Five constant headers, since every request pays for them; pages get the full set from helmet in their own scope (services/gateway).
 */
export function setApiSecurityHeaders(reply: FastifyReply): void {
  reply.header('x-content-type-options', 'nosniff');
  reply.header('content-security-policy', "default-src 'none'; frame-ancestors 'none'");
  reply.header('referrer-policy', 'no-referrer');
  reply.header('cross-origin-resource-policy', 'same-origin');
  reply.header('cache-control', 'no-store');
}
