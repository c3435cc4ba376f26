import { setTimeout as delay } from 'node:timers/promises';
import { buyersInTurn } from '../load/buyers.ts';
import { dropSilent, openConnection, type Connection } from '../load/connection.ts';
import { measureCost } from '../load/cost.ts';
import { createTally, type LoadResult } from '../load/tally.ts';
import { addressOf, wireRequest } from '../load/wire.ts';
import type { Load } from './load.ts';

export type Overload = Omit<Load, 'connections'> & {
  eventId: string;
  section: string;
  perSecond: number;
  /** Requests under way at once, at most; the generator's memory and the machine's ports end somewhere. */
  maxConnections: number;
};

export type OverloadResult = LoadResult & {
  sent: number;
  /** Requests that found every connection busy, so were not sent. */
  notSent: number;
  /** Of answers that are no 201, by their code. */
  codes: Record<string, number>;
};

const TIMEOUT_MS = 30_000;

/**
 * Buyers who come at a rate of their own, whether those before were answered or not. Time is counted from the moment when each should
 * have been sent, so that a server or generator that stands still is not forgiven those whom it kept waiting.
 */
export async function overload({ urls, jwtSecret, eventId, section, ...params }: Overload): Promise<OverloadResult> {
  const address = addressOf(urls[0] ?? '');
  const nextBuyer = buyersInTurn(jwtSecret, params.users);
  const body = JSON.stringify({ eventId, places: [{ section, quantity: 1 }] });
  const all: Connection[] = [];
  const free: Connection[] = [];
  const stopLooking = dropSilent(all, TIMEOUT_MS);
  const codes: Record<string, number> = {};
  const beganMs = performance.now();
  const startMs = beganMs + params.warmUpMs;
  const endMs = startMs + params.durationMs;
  const tally = createTally(startMs, endMs, measureCost());
  let due = 0;
  let sent = 0;
  let notSent = 0;
  let underWay = 0;

  function connectionToUse(): Connection | null {
    const one = free.pop();
    if (one !== undefined) return one;
    if (all.length >= params.maxConnections) return null;
    const opened = openConnection(address);
    all.push(opened);
    return opened;
  }

  function sendOne(dueMs: number): void {
    const connection = connectionToUse();
    if (connection === null) {
      notSent += 1;
      return;
    }
    sent += 1;
    underWay += 1;
    connection.send(wireRequest({ method: 'POST', path: '/v1/seats/reserve', token: nextBuyer().token, body }), (answer) => {
      underWay -= 1;
      tally.add(answer?.status ?? null, dueMs);
      if (answer !== null && answer.status !== 201) {
        const code = /"code":"(\w+)"/.exec(answer.text())?.[1] ?? String(answer.status);
        codes[code] = (codes[code] ?? 0) + 1;
      }
      free.push(connection);
    });
  }

  for (let nowMs = beganMs; nowMs < endMs; nowMs = performance.now()) {
    const wanted = Math.floor(((nowMs - beganMs) / 1_000) * params.perSecond);
    for (; due < wanted; due++) sendOne(beganMs + (due / params.perSecond) * 1_000);
    await delay(1);
  }
  while (underWay > 0) await delay(10);
  stopLooking();
  for (const connection of all) connection.drop();
  return { ...tally.result(), sent, notSent, codes };
}
