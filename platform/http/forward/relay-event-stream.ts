import type { Readable } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { definedHeaders } from '../event-stream.ts';

/**
 * Passes a stream of another process on as it comes. A reader that is slow is not read for any faster, so the service notices and
 * leaves out what the reader cannot take. It counts among the streams of this server, and ends with the session of its reader.
 */
export function relayEventStream(request: FastifyRequest, reply: FastifyReply, body: Readable): void {
  const { raw } = reply;
  const all = request.server.eventStreams;
  const { identity } = request;
  const listeners: (() => void)[] = [];
  let open = true;
  const ended = (): void => {
    if (!open) return;
    open = false;
    all.delete(stream);
    body.destroy();
    for (const listener of listeners.splice(0)) listener();
  };
  const close = (): void => {
    if (open) raw.end();
    ended();
  };
  const stream = {
    identity,
    send: (frame: Buffer) => open && raw.write(frame),
    close,
    // Its heartbeats come from the service.
    beat: () => undefined,
    get open() {
      return open;
    },
    get ready() {
      return !raw.writableNeedDrain;
    },
    onDrain: (listener: () => void) => void raw.on('drain', listener),
    onClose: (listener: () => void) => void (open ? listeners.push(listener) : listener()),
  };
  reply.hijack();
  all.add(stream);
  raw.on('close', ended);
  raw.on('error', ended);
  // The service is gone, or has ended it: the reader comes back, perhaps to another replica.
  body.on('error', close);
  body.on('end', close);
  raw.removeHeader('transfer-encoding');
  raw.writeHead(200, { ...definedHeaders(reply), connection: 'close' });
  body.pipe(raw, { end: false });
  if (request.server.streamGuard.allows?.(identity) === false) close();
}
