import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Identity } from '../auth/identity.ts';
import type { Revocations } from '../auth/revocations.ts';

/**
 * A stream of Server-Sent Events to one client (https://html.spec.whatwg.org/multipage/server-sent-events.html). `send` takes
 * frames, so that one made by `eventFrame` goes to any number of clients. A reader that is too slow is cut off: it comes back with
 * `Last-Event-ID` and gets what it missed, or a snapshot.
 */
export type EventStream = {
  /** False when the stream has ended; nothing is sent then. */
  send(frame: Buffer): boolean;
  close(): void;
  readonly open: boolean;
  /** Runs once, when the client is gone, too slow, or the server stops. At once when that has already happened. */
  onClose(listener: () => void): void;
};

const MAX_UNREAD_BYTES = 256 * 1024;
const HEARTBEAT_MS = 15_000;
/** How long a client waits before it comes back; told to it at the start. */
const RETRY_MS = 2_000;
const HEARTBEAT = Buffer.from(':\n\n');

declare module 'fastify' {
  interface FastifyInstance {
    /** Streams that are open now, of the whole server. */
    eventStreams: Set<EventStream & { beat(): void; readonly identity: Identity | null }>;
    /** Set when sessions can end: whether a stream of this user may go on. */
    streamGuard: { allows: ((identity: Identity | null) => boolean) | null };
  }
}

/** One event as bytes. `data` is JSON unless it is text already. */
export function eventFrame(event: { event?: string; id?: string | number; data: unknown }): Buffer {
  const data = typeof event.data === 'string' ? event.data : JSON.stringify(event.data);
  const lines = data.split('\n').map((line) => `data: ${line}\n`);
  const name = event.event === undefined ? '' : `event: ${event.event}\n`;
  const id = event.id === undefined ? '' : `id: ${event.id}\n`;
  return Buffer.from(`${name}${id}${lines.join('')}\n`);
}

/** Turns an answer into a stream. Check everything that may be refused before: afterwards the status is 200. */
export function openEventStream(
  request: FastifyRequest,
  reply: FastifyReply,
  options: { maxUnreadBytes?: number } = {},
): EventStream {
  const { maxUnreadBytes = MAX_UNREAD_BYTES } = options;
  const { raw } = reply;
  const all = request.server.eventStreams;
  const listeners: (() => void)[] = [];
  let open = true;
  const ended = (): void => {
    if (!open) return;
    open = false;
    all.delete(stream);
    for (const listener of listeners.splice(0)) listener();
  };
  const write = (bytes: Buffer): boolean => {
    if (!open) return false;
    raw.write(bytes);
    if (raw.writableLength <= maxUnreadBytes) return true;
    raw.destroy();
    ended();
    return false;
  };
  const stream = {
    send: write,
    identity: request.identity,
    beat: () => void write(HEARTBEAT),
    close: () => {
      if (open) raw.end();
      ended();
    },
    get open() {
      return open;
    },
    onClose: (listener: () => void) => void (open ? listeners.push(listener) : listener()),
  };
  reply.hijack();
  all.add(stream);
  raw.on('close', ended);
  raw.on('error', ended);
  raw.writeHead(200, {
    ...definedHeaders(reply),
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-store',
    'x-accel-buffering': 'no',
  });
  raw.write(`retry: ${RETRY_MS}\n\n`);
  // The session may have ended since the request was let in.
  if (request.server.streamGuard.allows?.(request.identity) === false) stream.close();
  return stream;
}

/** Keeps idle streams alive, and ends all when the server stops, before it waits for open connections. Called by `createServer`. */
export function keepEventStreams(app: FastifyInstance): void {
  const streams: FastifyInstance['eventStreams'] = new Set();
  app.decorate('eventStreams', streams);
  app.decorate('streamGuard', { allows: null });
  const timer = setInterval(() => {
    for (const stream of streams) stream.beat();
  }, HEARTBEAT_MS).unref();
  app.addHook('preClose', (done) => {
    clearInterval(timer);
    for (const stream of streams) stream.close();
    done();
  });
}

/** Ends streams whose session has ended or whose user has other roles by now; their readers come back with a new token, or not. */
export function endRevokedStreams(app: FastifyInstance, revocations: Pick<Revocations, 'refusalOf' | 'onChange'>): void {
  const allows = (identity: Identity | null): boolean => identity?.kind !== 'user' || revocations.refusalOf(identity) === null;
  app.streamGuard.allows = allows;
  let looking = false;
  revocations.onChange(() => {
    // Changes come in batches; one look serves them all.
    if (looking) return;
    looking = true;
    setImmediate(() => {
      looking = false;
      for (const stream of app.eventStreams) if (!allows(stream.identity)) stream.close();
    });
  });
}

/** Headers that hooks have set (CORS, security, request id); a hijacked reply does not send them by itself. */
function definedHeaders(reply: FastifyReply): Record<string, string | number | string[]> {
  const headers: Record<string, string | number | string[]> = {};
  for (const [name, value] of Object.entries(reply.getHeaders())) if (value !== undefined) headers[name] = value;
  return headers;
}
