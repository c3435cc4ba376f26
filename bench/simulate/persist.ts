import { setTimeout as delay } from 'node:timers/promises';
import { wireRequest, type WireRequest } from '../load/wire.ts';
import { codeOf, parsed } from './answers.ts';
import { dropAfterMs, type WriteStep } from './behaviour.ts';
import type { JournalWriter } from './journal.ts';
import type { Line, Reply } from './line.ts';
import { toldLine } from './told.ts';
import type { Random } from './random.ts';
import type { Tally } from './tally.ts';

/** Who asks, over which connection. */
export type Asker = {
  userId: string;
  token: string;
  host: string;
  line: Line;
  tally: Tally;
  journal: JournalWriter;
  random: Random;
  /** Share of requests whose reply is lost. */
  lostShare: number;
  /** Share of requests that are sent once more although they were answered. */
  repeatedShare: number;
  /** The simulation ends: nothing is waited for any more. */
  signal: AbortSignal;
};

/** A definite answer. `tookMs` is how long the attempt took that got it. */
export type Definite = { status: number; body: unknown; code: string | null; tookMs: number };

const PATHS: Readonly<Record<WriteStep, string>> = {
  reserve: '/v1/seats/reserve',
  order: '/v1/orders',
  charge: '/v1/charge',
};
const MAX_ATTEMPTS = 30;
const LOST_WAIT_MS = 25;
const IN_FLIGHT_WAIT_MS = 20;
const LONGEST_WAIT_MS = 2_000;

/**
 * Asks for a change, and repeats it with the same Idempotency-Key when the reply was lost or the system asks for patience, as a good
 * client does. Some ask once more after the answer, and should be told the same. What was asked and told goes into the journal.
 *
 * @returns null when there was no definite answer in so many attempts
 */
export async function persist(asker: Asker, step: WriteStep, key: string, body: object): Promise<Definite | null> {
  const { userId, token, host, journal, random } = asker;
  const headers = { 'idempotency-key': key };
  const request = wireRequest({ method: 'POST', path: PATHS[step], token, headers, body: JSON.stringify(body) }, host);
  const said = { userId, idempotencyKey: key };
  const note = (answer: Definite): void => {
    const line = toldLine(step, said, body, answer);
    if (line !== null) journal.write(line);
  };
  journal.write({ asked: step, ...said });
  const definite = await untilDefinite(asker, request, dropAfterMs(asker.lostShare, random));
  if (definite === null) return null;
  note(definite);
  if (random() < asker.repeatedShare) {
    asker.tally.repeated('answered before');
    const again = await untilDefinite(asker, request, null);
    if (again !== null) note(again);
  }
  return definite;
}

async function untilDefinite(asker: Asker, request: WireRequest, firstLoseAfterMs: number | null): Promise<Definite | null> {
  const { line, tally, random, signal } = asker;
  let loseAfterMs = firstLoseAfterMs;
  for (let attempt = 0; attempt < MAX_ATTEMPTS && !signal.aborted; attempt++) {
    const sentMs = performance.now();
    tally.count('requests');
    const reply = await line.ask(request, loseAfterMs);
    const tookMs = performance.now() - sentMs;
    if (reply === null) {
      if (signal.aborted) return null;
      tally.repeated(loseAfterMs === null ? 'connection lost' : 'lost reply');
      if (loseAfterMs === null) await delay(random() * LOST_WAIT_MS * 2 ** Math.min(attempt, 6));
      loseAfterMs = null;
      continue;
    }
    const body = parsed(reply.text);
    const code = reply.status >= 400 ? codeOf(body, reply.status) : null;
    if (await waitsForPatience(reply, code, asker)) continue;
    if (reply.replayed) tally.replayed();
    return { status: reply.status, body, code, tookMs };
  }
  return null;
}

/** Whether the system says "again, later"; then it is later when this resolves. */
async function waitsForPatience(reply: Reply, code: string | null, { tally, random, signal }: Asker): Promise<boolean> {
  const isInFlight = code === 'IDEMPOTENCY_IN_FLIGHT';
  const isBusy = reply.status === 503 || reply.status === 429;
  if (!isInFlight && !isBusy) return false;
  tally.repeated(isInFlight ? 'in flight' : 'busy');
  if (isBusy) tally.busy(code ?? String(reply.status));
  const waitMs = isInFlight ? IN_FLIGHT_WAIT_MS : Math.min(LONGEST_WAIT_MS, Math.max(reply.retryAfterMs, LOST_WAIT_MS));
  // Not everybody at the same moment.
  await delay(waitMs * (0.5 + random()), undefined, { signal }).catch(() => undefined);
  return true;
}

const MAX_LOOKS = 8;

/** A request that may be repeated without a key: a read, or a cancellation. Null when it was not answered in so many attempts. */
export async function askPatiently(asker: Asker, request: WireRequest): Promise<Reply | null> {
  const { line, tally, signal } = asker;
  for (let attempt = 0; attempt < MAX_LOOKS && !signal.aborted; attempt++) {
    tally.count('requests');
    const reply = await line.ask(request);
    if (reply === null) {
      if (!signal.aborted) tally.repeated('connection lost');
      await delay(LOST_WAIT_MS * 2 ** attempt);
      continue;
    }
    const code = reply.status >= 400 ? codeOf(parsed(reply.text), reply.status) : null;
    if (await waitsForPatience(reply, code, asker)) continue;
    return reply;
  }
  return null;
}
