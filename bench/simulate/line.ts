import { dropSilent, openConnection } from '../load/connection.ts';
import type { Answer } from '../load/answer-reader.ts';
import type { Address, WireRequest } from '../load/wire.ts';

export type Reply = {
  status: number;
  text: string;
  etag: string | undefined;
  /** What the system asks to wait; 0 when it does not say. */
  retryAfterMs: number;
  /** Answered from what was kept under the Idempotency-Key. */
  replayed: boolean;
};

/** One buyer's connection: one request at a time, opened again after it was lost. */
export type Line = {
  /**
   * Null: the connection was lost before the reply was read. `loseAfterMs`: loses it on purpose after so long, or as soon as the
   * reply comes; either way the reply is not read.
   */
  ask(request: WireRequest, loseAfterMs?: number | null): Promise<Reply | null>;
};

export type Lines = { open(): Line; close(): void };

/** Longer than the longest poll. */
const TIMEOUT_MS = 45_000;

export function createLines(address: Address): Lines {
  const connections = new Set<ReturnType<typeof openConnection>>();
  const stopLooking = dropSilent(connections, TIMEOUT_MS);
  let closed = false;
  return {
    open() {
      const connection = openConnection(address);
      connections.add(connection);
      return {
        ask(request, loseAfterMs = null) {
          if (closed) return Promise.resolve(null);
          return new Promise((resolve) => {
            let timer: NodeJS.Timeout | null = null;
            connection.send(request, (answer) => {
              if (timer !== null) clearTimeout(timer);
              if (answer !== null && loseAfterMs !== null) {
                connection.drop();
                resolve(null);
              } else resolve(answer && keep(answer));
            });
            if (loseAfterMs !== null) timer = setTimeout(() => connection.drop(), loseAfterMs);
          });
        },
      };
    },
    close() {
      closed = true;
      stopLooking();
      for (const connection of connections) connection.drop();
    },
  };
}

function keep(answer: Answer): Reply {
  const seconds = Number(answer.header('retry-after') ?? 0);
  return {
    status: answer.status,
    text: answer.text(),
    etag: answer.header('etag'),
    retryAfterMs: Number.isFinite(seconds) && seconds > 0 ? seconds * 1000 : 0,
    replayed: answer.header('idempotent-replayed') === 'true',
  };
}
