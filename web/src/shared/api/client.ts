import { NetworkFailure, problemFrom } from './problem.ts';
import { learnServerClock } from './server-clock.ts';

type Credentials = { token: () => string | null; onRejected: () => void };

let credentials: Credentials = { token: () => null, onRejected: () => undefined };

/** The session says here how requests are signed; the client itself knows nothing of sessions. */
export function signRequestsWith(source: Credentials): void {
  credentials = source;
}

export type ApiRequest = {
  method?: 'GET' | 'POST' | 'PUT' | 'DELETE';
  body?: unknown;
  idempotencyKey?: string;
  signal?: AbortSignal | undefined;
  accept?: string;
};

function headersOf(request: ApiRequest, token: string | null): Headers {
  const headers = new Headers({ accept: request.accept ?? 'application/json' });
  if (token !== null) headers.set('authorization', `Bearer ${token}`);
  if (request.body !== undefined) headers.set('content-type', 'application/json');
  if (request.idempotencyKey !== undefined) headers.set('idempotency-key', request.idempotencyKey);
  return headers;
}

/**
 * One request to the API. Throws `ApiProblem` for an error answer and `NetworkFailure` when there was none.
 * A rejected token ends the session in this tab, so that the pages ask to sign in.
 */
export async function send(path: string, request: ApiRequest = {}): Promise<Response> {
  const token = credentials.token();
  const sentAtMs = Date.now();
  let response: Response;
  try {
    response = await fetch(path, {
      method: request.method ?? 'GET',
      headers: headersOf(request, token),
      body: request.body === undefined ? null : JSON.stringify(request.body),
      signal: request.signal ?? null,
      credentials: 'same-origin',
    });
  } catch (error) {
    if (request.signal?.aborted === true) throw error;
    throw new NetworkFailure(error);
  }
  learnServerClock(response.headers.get('date'), sentAtMs, Date.now());
  if (response.ok) return response;
  const problem = await problemFrom(response);
  if (response.status === 401 && token !== null) credentials.onRejected();
  throw problem;
}

/** The JSON of an answer; its form is the contract's, which the server's own tests hold. */
export async function requestJson<T>(path: string, request: ApiRequest = {}): Promise<T> {
  const response = await send(path, request);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- said above
  return (await response.json()) as T;
}

/** A path with its query; undefined values are left out. */
export function withQuery(path: string, query: Record<string, string | number | undefined>): string {
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) if (value !== undefined) params.set(name, String(value));
  return params.size === 0 ? path : `${path}?${params}`;
}
