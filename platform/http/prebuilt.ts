import { createHash } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';

/** An answer built once and sent to many: its bytes, and the headers that follow from them. */
export type Prebuilt = { body: Buffer; etag: string; contentType: string; cacheControl: string };

export function prebuilt(options: {
  body: string | Buffer;
  contentType?: string;
  cacheControl?: string;
  etag?: string;
}): Prebuilt {
  const body = typeof options.body === 'string' ? Buffer.from(options.body) : options.body;
  return {
    body,
    etag: options.etag ?? `"${createHash('sha256').update(body).digest('base64url').slice(0, 27)}"`,
    contentType: options.contentType ?? 'application/json; charset=utf-8',
    cacheControl: options.cacheControl ?? 'no-cache',
  };
}

/** Sends it, or 304 to a client that has it already. */
export function sendPrebuilt(request: FastifyRequest, reply: FastifyReply, answer: Prebuilt): FastifyReply {
  reply.header('etag', answer.etag);
  reply.header('cache-control', answer.cacheControl);
  if (matches(request.headers['if-none-match'], answer.etag)) return reply.code(304).send();
  return reply.header('content-type', answer.contentType).send(answer.body);
}

/** RFC 9110, 13.1.2: a list of tags compared weakly, or `*`. */
function matches(header: string | undefined, etag: string): boolean {
  if (header === undefined) return false;
  if (header === etag || header === '*') return true;
  const plain = etag.replace(/^W\//, '');
  return header.split(',').some((tag) => tag.trim().replace(/^W\//, '') === plain);
}
