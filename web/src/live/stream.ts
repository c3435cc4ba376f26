import { onSignerChange, send, signerKnown } from '../shared/api/client.ts';
import { ApiProblem } from '../shared/api/problem.ts';
import { createSseParser, type SseMessage } from './sse-parser.ts';

const FIRST_RETRY_MS = 500;
const LONGEST_RETRY_MS = 15_000;
/** Servers send a comment now and then; a line without a byte for this long is dead, whatever the socket says. */
const SILENCE_MS = 45_000;

export type StreamState = 'connecting' | 'live' | 'waiting';

export type StreamHandlers = {
  /** Where to begin: asked before every connection, so that it goes on from what was last applied. */
  path: () => string;
  onMessage: (message: SseMessage) => void;
  onState?: (state: StreamState) => void;
};

/** Next pause: doubling, with jitter so that a thousand pages do not come back in the same instant. */
export function retryDelayMs(failures: number, random: number): number {
  const whole = Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** Math.min(failures, 10));
  return whole / 2 + (whole / 2) * random;
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      window.removeEventListener('online', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', done, { once: true });
    // The network coming back is a better clock than ours.
    window.addEventListener('online', done, { once: true });
  });
}

async function readOnce(handlers: StreamHandlers, outer: AbortSignal, onAnswer: () => void): Promise<void> {
  const connection = new AbortController();
  const abort = (): void => connection.abort();
  outer.addEventListener('abort', abort, { once: true });
  let silence = setTimeout(abort, SILENCE_MS);
  try {
    const response = await send(handlers.path(), { accept: 'text/event-stream', signal: connection.signal });
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
    if (reader === undefined) return;
    onAnswer();
    const push = createSseParser();
    for (let piece = await reader.read(); !piece.done; piece = await reader.read()) {
      clearTimeout(silence);
      silence = setTimeout(abort, SILENCE_MS);
      for (const message of push(piece.value)) handlers.onMessage(message);
    }
  } finally {
    clearTimeout(silence);
    outer.removeEventListener('abort', abort);
    connection.abort();
  }
}

/**
 * Keeps an event stream open with `fetch`, so that the access token goes as a header and never into a URL. Comes back by itself after a
 * break, with growing pauses, and at once when somebody has signed in or out; stops for good when `signal` aborts or the server says
 * that there is nothing to stream (4xx). Every connection takes the token of its moment.
 */
export async function keepStream(handlers: StreamHandlers, signal: AbortSignal): Promise<void> {
  await signerKnown();
  while (!signal.aborted) {
    const turn = new AbortController();
    const stopListening = onSignerChange(() => turn.abort());
    await keepSignedStream(handlers, signal, turn.signal).finally(stopListening);
    if (!turn.signal.aborted) return;
  }
}

async function keepSignedStream(handlers: StreamHandlers, outer: AbortSignal, turn: AbortSignal): Promise<void> {
  const signal = AbortSignal.any([outer, turn]);
  let failures = 0;
  const report = (state: StreamState): void => {
    if (!outer.aborted) handlers.onState?.(state);
  };
  while (!signal.aborted) {
    let waitMs = 0;
    report('connecting');
    try {
      await readOnce(handlers, signal, () => {
        failures = 0;
        report('live');
      });
    } catch (error) {
      if (error instanceof ApiProblem && error.problem.status < 500 && error.code !== 'RATE_LIMITED') return;
      if (error instanceof ApiProblem) waitMs = (error.retryAfterSeconds ?? 0) * 1000;
    }
    if (signal.aborted) return;
    report('waiting');
    await pause(Math.max(waitMs, retryDelayMs(failures, Math.random())), signal);
    failures += 1;
  }
}
