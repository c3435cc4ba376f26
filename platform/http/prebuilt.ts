import { createHash } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { acceptedEncoding, type Encoding } from './accept-encoding.ts';
import { compress, inTurn, type Effort } from './compress.ts';

/** An answer built once and sent to many, in each coding that somebody asked for. */
export type Prebuilt = {
  readonly contentType: string;
  readonly cacheControl: string;
  current(): Representation;
  /** Of what `current()` is at the moment of the call, or newer. */
  encoded(encoding: Encoding): Representation | Promise<Representation>;
};

/** Text goes to the socket in one piece with the headers, which is cheaper for small bodies; large ones are not copied as bytes. */
export type Representation = { readonly body: string | Buffer; readonly etag: string; readonly encoding?: Encoding };

/** What fits into one packet with its headers gains nothing from being smaller. */
const MIN_ENCODED_BYTES = 1_000;
const MAX_TEXT_BYTES = 16 * 1024;

/** An answer that stays as it is while the process runs. */
export function prebuilt(options: {
  body: string | Buffer;
  contentType?: string;
  cacheControl?: string;
  etag?: string;
}): Prebuilt {
  const { body, contentType, cacheControl } = options;
  const etag = options.etag ?? `"${createHash('sha256').update(body).digest('base64url').slice(0, 27)}"`;
  const whole = { body: sendable(body), etag };
  return prebuiltFrom(() => whole, { effort: 'once', contentType, cacheControl });
}

/** An answer that changes: `current` gives the same object until there is another one, with another tag. */
export function prebuiltFrom(
  current: () => Representation,
  options: { effort: Effort; contentType?: string | undefined; cacheControl?: string | undefined },
): Prebuilt {
  const { effort, contentType = 'application/json; charset=utf-8', cacheControl = 'no-cache' } = options;
  const byEncoding = { br: encoder(current, 'br', effort), gzip: encoder(current, 'gzip', effort) };
  return { contentType, cacheControl, current, encoded: (encoding) => byEncoding[encoding]() };
}

/** Small bytes as text, which must then be ASCII or text from the start. */
export function sendable(body: string | Buffer): string | Buffer {
  if (typeof body === 'string') return body.length > MAX_TEXT_BYTES ? Buffer.from(body) : body;
  return body;
}

/**
 * Compresses what is current, once for all who ask meanwhile. Whoever asks for something newer than what is being compressed waits
 * for the next turn, which takes what is newest then; so a body that changes a thousand times a second costs no more than its turns.
 */
function encoder(
  current: () => Representation,
  encoding: Encoding,
  effort: Effort,
): () => Representation | Promise<Representation> {
  let ready: { of: Representation; answer: Representation } | null = null;
  let running: { of: Representation; made: Promise<Representation> } | null = null;
  let next: Promise<Representation> | null = null;

  async function make(): Promise<Representation> {
    next = null;
    const of = current();
    const made = compress(of.body, encoding, effort).then((body) => ({ body, etag: tagOf(of.etag, encoding), encoding }));
    running = { of, made };
    try {
      const answer = await made;
      ready = { of, answer };
      return answer;
    } finally {
      running = null;
    }
  }

  return () => {
    const now = current();
    if (now.body.length < MIN_ENCODED_BYTES) return now;
    if (ready?.of === now) return ready.answer;
    if (running?.of === now) return running.made;
    next ??= inTurn(make);
    return next;
  };
}

/** Sends it, or 304 to a client that has it already. */
export function sendPrebuilt(
  request: FastifyRequest,
  reply: FastifyReply,
  answer: Prebuilt,
  cacheControl = answer.cacheControl,
): FastifyReply {
  const { headers } = request;
  const vary = reply.getHeader('vary');
  reply.header('vary', vary === undefined ? 'accept-encoding' : `${String(vary)}, accept-encoding`);
  reply.header('cache-control', cacheControl);
  const encoding = acceptedEncoding(headers['accept-encoding']);
  const held = heldTag(headers['if-none-match'], answer);
  if (held !== null) return reply.header('etag', held).code(304).send();
  const found = encoding === null ? answer.current() : answer.encoded(encoding);
  if (!(found instanceof Promise)) return sendAs(reply, answer.contentType, found);
  found.then(
    (encoded) => sendAs(reply, answer.contentType, encoded),
    () => sendAs(reply, answer.contentType, answer.current()),
  );
  return reply;
}

function sendAs(reply: FastifyReply, contentType: string, { body, etag, encoding }: Representation): FastifyReply {
  if (encoding !== undefined) reply.header('content-encoding', encoding);
  return reply.header('etag', etag).header('content-type', contentType).send(body);
}

/** The same contents in another coding are other bytes, so their tag is another one: `"7"` → `"7-br"`. */
function tagOf(etag: string, encoding: Encoding): string {
  return `${etag.slice(0, -1)}-${encoding}"`;
}

/**
 * The tag by which the client has it already, in whatever coding (RFC 9110, 13.1.2: a list of tags compared weakly, or `*`), or null.
 */
function heldTag(header: string | undefined, answer: Prebuilt): string | null {
  if (header === undefined) return null;
  const { etag } = answer.current();
  if (header === etag || header === '*') return etag;
  const tags = header.split(',').map((tag) => tag.trim().replace(/^W\//, ''));
  return tags.find((tag) => tag.replace(/-(?:br|gzip)"$/, '"') === etag) ?? null;
}
