import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { openEventStreams, type EventStreams } from './event-streams.ts';
import { wireRequest } from './wire.ts';

const cleanUp: (() => unknown)[] = [];
afterEach(() => {
  for (const step of cleanUp.splice(0).toReversed()) step();
});

/** A server that keeps every answer open. */
async function serve(status = 200): Promise<{ port: number; readers: ServerResponse[] }> {
  const readers: ServerResponse[] = [];
  const server = createServer((_request, response) => {
    response.writeHead(status, { 'content-type': 'text/event-stream' });
    response.write('retry: 2000\n\n');
    readers.push(response);
  });
  cleanUp.push(() => server.close());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { port: (server.address() as AddressInfo).port, readers };
}

function follow(port: number): { streams: EventStreams; seen: [stream: number, id: number][] } {
  const seen: [number, number][] = [];
  const onId = (id: number, stream: number): void => void seen.push([stream, id]);
  const streams = openEventStreams({ address: { host: '127.0.0.1', port }, request: wireRequest({ path: '/' }), onId });
  cleanUp.push(streams.close);
  return { streams, seen };
}

const delta = (id: number, data = '{}'): string => `event: delta\nid: ${id}\ndata: ${data}\n\n`;

describe('followed streams', () => {
  it('tell the id of every event, of every stream, once', async () => {
    const { port, readers } = await serve();
    const { streams, seen } = follow(port);
    await streams.add(3);
    expect(streams.open).toBe(3);
    for (const reader of readers) reader.write(delta(1));
    for (const reader of readers) reader.write(`:\n\n${delta(2)}${delta(3)}`);
    await expect.poll(() => seen.length).toBe(9);
    for (const stream of [0, 1, 2]) expect(seen.filter(([of]) => of === stream).map(([, id]) => id)).toEqual([1, 2, 3]);
  });

  it('read what comes in pieces, and what is long', async () => {
    const { port, readers } = await serve();
    const { streams, seen } = follow(port);
    await streams.add(1);
    const [reader] = readers;
    reader?.socket?.setNoDelay(true);
    // Past the chunks of HTTP, so that even their sizes are cut.
    const socket = reader?.socket;
    const frame = `${delta(4)}${delta(5, 'x'.repeat(300_000))}${delta(6)}`;
    const bytes = `${frame.length.toString(16)}\r\n${frame}\r\n`;
    for (const piece of [bytes.slice(0, 9), bytes.slice(9, 30), bytes.slice(30, 41), bytes.slice(41)]) {
      await new Promise((resolve) => socket?.write(piece, resolve));
      await new Promise((resolve) => setImmediate(resolve));
    }
    await expect.poll(() => seen.map(([, id]) => id)).toEqual([4, 5, 6]);
  });

  it('say how many are left', async () => {
    const { port, readers } = await serve();
    const { streams } = follow(port);
    await streams.add(2);
    readers[0]?.destroy();
    await expect.poll(() => streams.open).toBe(1);
  });

  it('are not opened by a refusal', async () => {
    const { port } = await serve(503);
    await expect(follow(port).streams.add(1)).rejects.toThrow('HTTP/1.1 503');
  });
});
