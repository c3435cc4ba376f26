import { connect, type Socket } from 'node:net';
import { readBuffer } from './connection.ts';
import type { Address, WireRequest } from './wire.ts';

/** Streams of Server-Sent Events that are followed by their ids only. */
export type EventStreams = {
  /** How many are open now. */
  readonly open: number;
  /** Opens so many more, a few at a time. @throws Error when one is refused */
  add(count: number): Promise<void>;
  close(): void;
};

export type EventStreamsOptions = {
  address: Address;
  request: WireRequest;
  /** Sees the id of each event of each stream the moment its bytes were read. */
  onId: (id: number, stream: number) => void;
};

const OPENING_AT_ONCE = 100;
/** What may be kept of a line that has not ended; an id's line is much shorter, and what a data line says does not matter. */
const MAX_KEPT_CHARACTERS = 100;
const HEAD_END = '\r\n\r\n';
const ID_LINE = /(?:^|\n)id: (\d+)(?=\n)/g;

/**
 * Any number of streams in little memory: nothing is kept of a stream but the end of a line that was cut. Of what arrives, `id:` lines
 * are looked for and the rest is dropped; the sizes of chunks stand on lines of their own and do not matter.
 */
export function openEventStreams({ address, request, onId }: EventStreamsOptions): EventStreams {
  const sockets = new Set<Socket>();
  let made = 0;
  let open = 0;
  let closed = false;

  function openOne(): Promise<void> {
    const stream = made++;
    return new Promise((resolve, reject) => {
      let kept = '';
      let began = false;
      const read = (text: string): void => {
        kept += text;
        if (!began) {
          if (!kept.includes(HEAD_END)) return;
          if (!kept.startsWith('HTTP/1.1 200')) return void socket.destroy();
          began = true;
          open += 1;
          resolve();
        }
        for (const [, id] of kept.matchAll(ID_LINE)) onId(Number(id), stream);
        // The line break before the last line stays, for it begins an id's line.
        const rest = kept.slice(Math.max(kept.lastIndexOf('\n'), 0));
        kept = rest.length > MAX_KEPT_CHARACTERS ? '' : rest;
      };
      const socket = connect({
        ...address,
        noDelay: true,
        onread: {
          buffer: readBuffer(),
          callback: (bytes, buffer) => {
            read(Buffer.from(buffer.buffer, buffer.byteOffset, bytes).toString('latin1'));
            return true;
          },
        },
      });
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        sockets.delete(socket);
        if (began) open -= 1;
        else if (!closed) reject(new Error(`stream ${stream} was not opened: ${kept.slice(0, 40) || 'no answer'}`));
      });
      socket.write(request);
    });
  }

  return {
    get open() {
      return open;
    },
    async add(count) {
      for (let left = count; left > 0; left -= OPENING_AT_ONCE)
        await Promise.all(Array.from({ length: Math.min(left, OPENING_AT_ONCE) }, openOne));
    },
    close() {
      closed = true;
      for (const socket of sockets) socket.destroy();
    },
  };
}
