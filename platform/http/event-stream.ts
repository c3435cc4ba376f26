import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Identity } from '../auth/identity.ts';
import type { Revocations } from '../auth/revocations.ts';

/**
 * A stream of Server-Sent Events to one client (https://html.spec.whatwg.org/multipage/server-sent-events.html). `send` takes
 * frames, so that one made by `eventFrame` goes to any number of clients. Nothing is kept for a reader without bound: whoever sends
 * much looks at `ready` and leaves out a reader that is behind until `onDrain`; a reader that is sent more all the same, or has not
 * read for a minute, is cut off. It comes back with `Last-Event-ID` and gets what it missed, or a snapshot.
 */
export type EventStream = {
  /** False when the stream has ended; nothing is sent then. */
  send(frame: Buffer): boolean;
  close(): void;
  readonly open: boolean;
  /** Whether the reader has taken in most of what it was sent. */
  readonly ready: boolean;
  /** Runs when a reader that was not ready has read everything. One listener. */
  onDrain(listener: () => void): void;
  /** Runs once, when the client is gone, too slow, or the server stops. At once when that has already happened. */
  onClose(listener: () => void): void;
};

/** The longest frame, a snapshot of 100,000 seats in 500 sections, fits on top of what a ready reader may have unread (64 kB). */
const MAX_UNREAD_BYTES = 512 * 1024;
const HEARTBEAT_MS = 15_000;
/** All streams get their heartbeat within its interval, some at each of so many ticks: never ten thousand in one go. */
const TICKS_PER_HEARTBEAT = 60;
/** Heartbeats without a byte having been read, after which a reader counts as gone: a minute. */
const MAX_STUCK_BEATS = 4;
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
  const { identity } = request;
  const listeners: (() => void)[] = [];
  let open = true;
  /** Since the last heartbeat, which is then needless. */
  let sent = false;
  let stuckBeats = 0;
  let drained: (() => void) | null = null;
  const ended = (): void => {
    if (!open) return;
    open = false;
    all.delete(stream);
    for (const listener of listeners.splice(0)) listener();
  };
  const cutOff = (): void => {
    raw.destroy();
    ended();
  };
  const send = (bytes: Buffer): boolean => {
    if (!open) return false;
    sent = true;
    raw.write(bytes);
    if (raw.writableLength <= maxUnreadBytes) return true;
    cutOff();
    return false;
  };
  const stream = {
    send,
    identity,
    beat: () => {
      stuckBeats = raw.writableLength > 0 ? stuckBeats + 1 : 0;
      if (stuckBeats > MAX_STUCK_BEATS) cutOff();
      else if (!sent && stuckBeats === 0) send(HEARTBEAT);
      sent = false;
    },
    close: () => {
      if (open) raw.end();
      ended();
    },
    get open() {
      return open;
    },
    get ready() {
      return !raw.writableNeedDrain;
    },
    onDrain: (listener: () => void) => {
      drained = listener;
    },
    onClose: (listener: () => void) => void (open ? listeners.push(listener) : listener()),
  };
  reply.hijack();
  all.add(stream);
  raw.on('close', ended);
  raw.on('error', ended);
  raw.on('drain', () => {
    stuckBeats = 0;
    if (open) drained?.();
  });
  // It ends with its connection, so it needs no chunks: a frame goes out as it is, the same bytes to everyone.
  raw.removeHeader('transfer-encoding');
  raw.writeHead(200, {
    ...definedHeaders(reply),
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-store',
    'x-accel-buffering': 'no',
    connection: 'close',
  });
  raw.write(`retry: ${RETRY_MS}\n\n`);
  // The session may have ended since the request was let in.
  if (request.server.streamGuard.allows?.(identity) === false) stream.close();
  return stream;
}

/** Keeps idle streams alive, and ends all when the server stops, before it waits for open connections. Called by `createServer`. */
export function keepEventStreams(app: FastifyInstance): void {
  const streams: FastifyInstance['eventStreams'] = new Set();
  app.decorate('eventStreams', streams);
  app.decorate('streamGuard', { allows: null });
  let round = streams.values();
  let due = 0;
  const timer = setInterval(() => {
    for (due += streams.size / TICKS_PER_HEARTBEAT; due >= 1; due--) {
      const { value, done } = round.next();
      if (done === true) round = streams.values();
      else value.beat();
    }
  }, HEARTBEAT_MS / TICKS_PER_HEARTBEAT).unref();
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
export function definedHeaders(reply: FastifyReply): Record<string, string | number | string[]> {
  const headers: Record<string, string | number | string[]> = {};
  for (const [name, value] of Object.entries(reply.getHeaders())) if (value !== undefined) headers[name] = value;
  return headers;
}
