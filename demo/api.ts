import { setTimeout as delay } from 'node:timers/promises';
import { type Static, type TSchema, Type } from 'typebox';
import { Value } from 'typebox/value';

const TIMEOUT_MS = 30_000;
const MAX_ATTEMPTS = 5;
const LONGEST_WAIT_MS = 5_000;

/** What is told of a problem document. */
const ProblemText = Type.Object({ code: Type.String(), detail: Type.String() });

/** The API refused, or its answer was not what its contract says. */
export class ApiRefusal extends Error {
  readonly code: string;

  constructor(request: string, status: number, code: string, detail: string) {
    super(`${request} was answered ${status} ${code}: ${detail}`);
    this.name = 'ApiRefusal';
    this.code = code;
  }
}

/** `key` is the Idempotency-Key of what must not happen twice. */
export type ApiRequest = {
  method: 'GET' | 'POST' | 'PUT';
  path: string;
  body?: { json: unknown } | { csv: string };
  key?: string;
};
/** Makes a request whose answer has the form of `schema`. */
export type Api = <Answer extends TSchema>(schema: Answer, request: ApiRequest) => Promise<Static<Answer>>;

/** The public API as an organizer's program would use it. What is busy (429, 503) is asked again when it says, a few times. */
export function createApi(baseUrl: string, accessToken?: string): Api {
  const authorization: Record<string, string> = accessToken === undefined ? {} : { authorization: `Bearer ${accessToken}` };
  return async (schema, { method, path, body, key }) => {
    const idempotency: Record<string, string> = key === undefined ? {} : { 'idempotency-key': key };
    for (let attempt = 1; ; attempt++) {
      const signal = AbortSignal.timeout(TIMEOUT_MS);
      const { payload, headers } = sendable(body);
      const response = await fetch(new URL(path, baseUrl), {
        method,
        headers: { ...authorization, ...idempotency, ...headers },
        body: payload,
        signal,
      });
      const busy = response.status === 429 || response.status === 503;
      if (busy && attempt < MAX_ATTEMPTS) {
        await response.body?.cancel();
        await delay(waitMs(response.headers.get('retry-after')));
        continue;
      }
      return read(schema, `${method} ${path}`, response);
    }
  };
}

function sendable(body: ApiRequest['body']): { payload: string | null; headers: Record<string, string> } {
  if (body === undefined) return { payload: null, headers: {} };
  if ('csv' in body) return { payload: body.csv, headers: { 'content-type': 'text/csv' } };
  return { payload: JSON.stringify(body.json), headers: { 'content-type': 'application/json' } };
}

function waitMs(retryAfter: string | null): number {
  const seconds = Number(retryAfter ?? 1);
  return Math.min(LONGEST_WAIT_MS, Number.isFinite(seconds) && seconds >= 0 ? seconds * 1000 : LONGEST_WAIT_MS);
}

async function read<Answer extends TSchema>(schema: Answer, request: string, response: Response): Promise<Static<Answer>> {
  const text = await response.text();
  const answer = parsed(text);
  if (response.ok && Value.Check(schema, answer)) return answer;
  if (!response.ok && Value.Check(ProblemText, answer))
    throw new ApiRefusal(request, response.status, answer.code, answer.detail);
  throw new ApiRefusal(request, response.status, 'UNEXPECTED_ANSWER', text.slice(0, 200));
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
