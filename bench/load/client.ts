import { dropSilent, openConnection, type Connection } from './connection.ts';
import type { Address, WireRequest } from './wire.ts';

/** An answer that may be kept. */
export type KeptAnswer = {
  status: number;
  text: string;
  header(name: 'etag' | 'retry-after' | 'idempotent-replayed'): string | undefined;
};

/** For loads whose requests follow from the answers before, with many more users than connections. */
export type LoadClient = {
  /**
   * Sends a request on the next free connection; requests wait for one in order.
   * Null: the connection was lost before the answer was whole, so the request may have been carried out.
   */
  ask(request: WireRequest): Promise<KeptAnswer | null>;
  /** Requests that wait for a connection now. */
  readonly waiting: number;
  close(): void;
};

export type LoadClientOptions = {
  address: Address;
  connections: number;
  /** No answer for so long counts as a lost connection. */
  timeoutMs?: number;
  /** Told of each answer, or of none, how long it took since it was sent. */
  onAnswer?: (status: number | null, latencyMs: number) => void;
};

type Waiting = { request: WireRequest; resolve: (answer: KeptAnswer | null) => void };

const TIMEOUT_MS = 30_000;

export function createLoadClient({ address, timeoutMs = TIMEOUT_MS, onAnswer, ...options }: LoadClientOptions): LoadClient {
  const connections = Array.from({ length: options.connections }, () => openConnection(address));
  const free = [...connections];
  /** A queue with a moving front: `shift` on a long array copies it. */
  let queue: Waiting[] = [];
  let front = 0;
  let closed = false;
  const stopLooking = dropSilent(connections, timeoutMs);

  function nextWaiting(): Waiting | undefined {
    const next = queue[front];
    if (next === undefined) return undefined;
    front += 1;
    if (front === queue.length || front > 1_000) {
      queue = queue.slice(front);
      front = 0;
    }
    return next;
  }

  function send(connection: Connection, { request, resolve }: Waiting): void {
    connection.send(request, (answer, sentAtMs) => {
      onAnswer?.(answer?.status ?? null, performance.now() - sentAtMs);
      resolve(answer && keep(answer));
      const next = closed ? undefined : nextWaiting();
      if (next === undefined) free.push(connection);
      else send(connection, next);
    });
  }

  return {
    ask: (request) =>
      new Promise((resolve) => {
        const connection = closed ? null : free.pop();
        if (connection === null) resolve(null);
        else if (connection === undefined) queue.push({ request, resolve });
        else send(connection, { request, resolve });
      }),
    get waiting() {
      return queue.length - front;
    },
    close() {
      closed = true;
      stopLooking();
      for (const connection of connections) connection.drop();
      for (let next = nextWaiting(); next !== undefined; next = nextWaiting()) next.resolve(null);
    },
  };
}

function keep(answer: { status: number; text(): string; header(name: string): string | undefined }): KeptAnswer {
  const headers = {
    etag: answer.header('etag'),
    'retry-after': answer.header('retry-after'),
    'idempotent-replayed': answer.header('idempotent-replayed'),
  };
  return { status: answer.status, text: answer.text(), header: (name) => headers[name] };
}
