import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { newId } from '../../contracts/ids.ts';
import { createAccessTokens } from '../../platform/auth/access-tokens.ts';
import type { Role } from '../../platform/auth/identity.ts';
import type { Route } from '../../verify/journal/line.ts';
import { clientWith, type Answer } from '../support/buyer.ts';
import type { JournalFile } from './journal-file.ts';

/** Somebody who repeats what was not answered, or answered with "again", until there is a definite answer. */
export type PatientClient = {
  userId: string;
  /** Under an Idempotency-Key of its own, and in the journal. Null when there was no answer in time. */
  ask(route: Route, path: string, body: object): Promise<Answer | null>;
  /** Without a key, so once only; null when there was no answer. */
  send(method: 'GET' | 'POST', path: string, body?: object): Promise<Answer | null>;
};

export type PatientClients = {
  newClient(...roles: Role[]): PatientClient;
  /** How many requests were answered, by anything. */
  answered(): number;
  /** How many were under way when the connection broke. */
  cutOff(): number;
  /** Nobody sends anything until `resume`. Resolves when nothing is under way. */
  pause(): Promise<void>;
  resume(): void;
};

/** A request is repeated this long: the time that a restart may take. */
const PATIENCE_MS = 60_000;
const AGAIN_MS = 50;
/** One request in so many is repeated although it was answered, and one is sent twice at once. */
const REPEAT_EVERY = 10;
const TWICE_EVERY = 25;

export function patientClients(options: { url: () => string; jwtSecret: string; written: JournalFile }): PatientClients {
  const { url, jwtSecret, written } = options;
  const tokens = createAccessTokens({ jwtSecret, ttlSeconds: 3_600 });
  const counts = { asked: 0, answered: 0, cutOff: 0, underWay: 0 };
  let gate: { opened: Promise<void>; open: () => void } | null = null;
  let onIdle = (): void => undefined;

  async function sendOnce(request: () => Promise<Answer>): Promise<Answer | null> {
    while (gate !== null) await gate.opened;
    counts.underWay++;
    try {
      const answer = await request();
      counts.answered++;
      return answer;
    } catch {
      counts.cutOff++;
      return null;
    } finally {
      if (--counts.underWay === 0) onIdle();
    }
  }

  function newClient(...roles: Role[]): PatientClient {
    const userId = newId('user');
    const token = tokens.sign({ userId, sessionId: newId('session'), roles }).accessToken;
    // The address may change with a restart.
    const client = () => clientWith(url(), userId, token);

    async function ask(route: Route, path: string, body: object): Promise<Answer | null> {
      const key = randomUUID();
      const once = async (): Promise<Answer | null> => {
        const answer = await sendOnce(() => client().send('POST', path, body, { key }));
        if (answer !== null) written.told(route, userId, key, answer, body);
        return answer;
      };
      written.asked(route, userId, key);
      const number = ++counts.asked;
      if (number % TWICE_EVERY === 0) void once();
      for (const deadlineMs = Date.now() + PATIENCE_MS; Date.now() < deadlineMs;) {
        const answer = await once();
        if (isDefinite(answer)) {
          if (number % REPEAT_EVERY === 0) await once();
          return answer;
        }
        await delay(AGAIN_MS);
      }
      return null;
    }

    return { userId, ask, send: (method, path, body) => sendOnce(() => request(client(), method, path, body)) };
  }

  return {
    newClient,
    answered: () => counts.answered,
    cutOff: () => counts.cutOff,
    pause: async () => {
      const { promise, resolve } = Promise.withResolvers<void>();
      gate ??= { opened: promise, open: resolve };
      if (counts.underWay === 0) return;
      await new Promise<void>((idle) => (onIdle = idle));
    },
    resume: () => {
      gate?.open();
      gate = null;
    },
  };
}

function request(client: ReturnType<typeof clientWith>, method: 'GET' | 'POST', path: string, body?: object): Promise<Answer> {
  return method === 'GET' ? client.get(path) : client.send('POST', path, body);
}

function isDefinite(answer: Answer | null): answer is Answer {
  return answer !== null && answer.status !== 503 && answer.status !== 429 && answer.body?.code !== 'IDEMPOTENCY_IN_FLIGHT';
}
