import { setTimeout as delay } from 'node:timers/promises';
import type { Answer } from './answer-reader.ts';
import { dropSilent, openConnection, type Connection } from './connection.ts';
import { measureCost } from './cost.ts';
import { createTally, type LoadResult } from './tally.ts';
import type { Address, WireRequest } from './wire.ts';

export type ClosedLoop = {
  /** Connections are spread over them in turn. */
  addresses: readonly Address[];
  connections: number;
  /** Requests of this first time are made and counted, but not measured. */
  warmUpMs: number;
  /** How long is measured. */
  durationMs: number;
  /** What this connection sends next; null: it has nothing left to send. */
  next: (connection: number) => WireRequest | null;
  /** Sees every answer before the connection's next request is made. */
  onAnswer?: (answer: Answer, connection: number) => void;
  timeoutMs?: number;
};

const TIMEOUT_MS = 30_000;
/** After a lost connection; else a server that is gone would be asked thousands of times a second. */
const BACK_AFTER_MS = 50;

/**
 * As many buyers as there are connections, each of whom asks again as soon as the answer is there. What is under way at the end is
 * waited for and counted, so that the totals can be held against what the server has.
 */
export async function runClosedLoop(options: ClosedLoop): Promise<LoadResult> {
  const { addresses, next, onAnswer, warmUpMs, durationMs, timeoutMs = TIMEOUT_MS } = options;
  const connections = Array.from({ length: options.connections }, (_, index) => openConnection(inTurn(addresses, index)));
  const stopLooking = dropSilent(connections, timeoutMs);
  const startMs = performance.now() + warmUpMs;
  const endMs = startMs + durationMs;
  const tally = createTally(startMs, endMs, measureCost());
  await Promise.all(connections.map(goOn));
  stopLooking();
  for (const connection of connections) connection.drop();
  return tally.result();

  function goOn(connection: Connection, index: number): Promise<void> {
    return new Promise((resolve) => {
      const sendNext = (): void => {
        const request = performance.now() < endMs ? next(index) : null;
        if (request === null) resolve();
        else connection.send(request, take);
      };
      const take = (answer: Answer | null, sentAtMs: number): void => {
        tally.add(answer?.status ?? null, sentAtMs);
        if (answer === null) {
          void delay(BACK_AFTER_MS).then(sendNext);
          return;
        }
        onAnswer?.(answer, index);
        sendNext();
      };
      sendNext();
    });
  }
}

function inTurn(addresses: readonly Address[], index: number): Address {
  const address = addresses[index % addresses.length];
  if (address === undefined) throw new Error('There is no address to send requests to.');
  return address;
}
