import { connect, type Socket } from 'node:net';
import { createAnswerReader, type Answer } from './answer-reader.ts';
import type { Address, WireRequest } from './wire.ts';

/** One keep-alive connection, one request at a time. */
export type Connection = {
  /**
   * Sends a request, on a new socket when there is none. `onAnswer` gets null when the connection was lost before the answer was
   * whole. The next request may be sent from within it.
   */
  send(request: WireRequest, onAnswer: OnAnswer): void;
  /** Breaks the connection off, whatever is under way: the request may have been carried out and its reply is lost. */
  drop(): void;
  /** When the request under way was sent; null when there is none. */
  readonly busySinceMs: number | null;
};

/** @param sentAtMs when the request was sent, on the clock of `performance.now()` */
export type OnAnswer = (answer: Answer | null, sentAtMs: number) => void;

const READ_BYTES = 64 * 1024;
const SHARED_BUFFER = Buffer.allocUnsafeSlow(READ_BYTES);

/**
 * Where a socket's bytes go. They are looked at in the very call in which they were read, so all sockets can share one buffer, which
 * saves an allocation a read; Windows fills buffers ahead of that call.
 */
export const readBuffer = (): Buffer => (process.platform === 'win32' ? Buffer.allocUnsafeSlow(READ_BYTES) : SHARED_BUFFER);

export function openConnection({ host, port }: Address): Connection {
  let socket: Socket | null = null;
  let waiting: OnAnswer | null = null;
  let sentAtMs = 0;

  function answered(answer: Answer | null): void {
    const onAnswer = waiting;
    waiting = null;
    onAnswer?.(answer, sentAtMs);
  }

  function open(): Socket {
    const opened = connect({
      host,
      port,
      noDelay: true,
      onread: {
        buffer: readBuffer(),
        callback: (bytes, buffer) => {
          if (socket === opened) read(buffer, bytes);
          return true;
        },
      },
    });
    // Before `onAnswer` sends the next request, the socket that the server is about to close must be out of the way.
    const reader = createAnswerReader((answer) => {
      if (reader.closes) lose(opened);
      answered(answer);
    });
    const read = (buffer: Uint8Array, bytes: number): void => {
      try {
        reader.push(Buffer.from(buffer.buffer, buffer.byteOffset, bytes));
      } catch {
        opened.destroy();
      }
    };
    // What went wrong is said by `close`, which always follows.
    opened.on('error', () => undefined);
    opened.on('close', () => {
      if (socket !== opened) return;
      socket = null;
      answered(null);
    });
    return opened;
  }

  function lose(lost: Socket): void {
    if (socket === lost) socket = null;
    lost.destroy();
  }

  return {
    send(request, onAnswer) {
      if (waiting !== null) throw new Error('A connection carries one request at a time.');
      waiting = onAnswer;
      sentAtMs = performance.now();
      socket ??= open();
      if (typeof request === 'string') socket.write(request, 'latin1');
      else socket.write(request);
    },
    drop() {
      if (socket !== null) lose(socket);
      answered(null);
    },
    get busySinceMs() {
      return waiting === null ? null : sentAtMs;
    },
  };
}

const LOOK_EVERY_MS = 1_000;

/** Drops connections whose request has no answer after so long. @returns stops looking */
export function dropSilent(connections: Iterable<Connection>, timeoutMs: number): () => void {
  const timer = setInterval(
    () => {
      const oldestMs = performance.now() - timeoutMs;
      for (const connection of connections) if ((connection.busySinceMs ?? Infinity) < oldestMs) connection.drop();
    },
    Math.min(LOOK_EVERY_MS, timeoutMs),
  );
  timer.unref();
  return () => clearInterval(timer);
}
