import { ApiProblem, NetworkFailure, problemFrom } from './problem.ts';
import { learnServerClock } from './server-clock.ts';

type Signer = { user: { userId: string }; accessToken: string };

type Credentials = {
  current: () => Signer | null;
  /** After a rejected token: whether its owner has another one by now. Rejects when that could not be asked. */
  renew: (rejected: Signer) => Promise<boolean>;
  /** Somebody else signs, or nobody; not a new token of the same person. */
  onChange: (listener: () => void) => () => void;
  settled: () => Promise<void>;
};

let credentials: Credentials | null = null;

/** The session says here how requests are signed; the client itself knows nothing of sessions. */
export function signRequestsWith(source: Credentials): void {
  credentials = source;
}

/** Resolves when it is known who signs the requests of this page. */
export async function signerKnown(): Promise<void> {
  await credentials?.settled();
}

export function onSignerChange(listener: () => void): () => void {
  return credentials?.onChange(listener) ?? (() => undefined);
}

export type ApiRequest = {
  method?: 'GET' | 'POST' | 'PUT' | 'DELETE';
  body?: unknown;
  idempotencyKey?: string;
  signal?: AbortSignal | undefined;
  accept?: string;
  /** An access token instead of the session's, or `null` for none; such a request is never repeated. */
  signedBy?: string | null;
};

const OUTDATED: ReadonlySet<string> = new Set(['TOKEN_EXPIRED', 'UNAUTHENTICATED']);

function headersOf(request: ApiRequest, token: string | null): Headers {
  const headers = new Headers({ accept: request.accept ?? 'application/json' });
  if (token !== null) headers.set('authorization', `Bearer ${token}`);
  if (request.body !== undefined) headers.set('content-type', 'application/json');
  if (request.idempotencyKey !== undefined) headers.set('idempotency-key', request.idempotencyKey);
  return headers;
}

async function sendOnce(path: string, request: ApiRequest, token: string | null): Promise<Response> {
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
    if (request.signal?.aborted === true && !isTimeout(request.signal.reason)) throw error;
    throw new NetworkFailure(error);
  }
  learnServerClock(response.headers.get('date'), sentAtMs, Date.now());
  if (response.ok) return response;
  throw await problemFrom(response);
}

function isTimeout(reason: unknown): boolean {
  return reason instanceof DOMException && reason.name === 'TimeoutError';
}

/**
 * One request to the API. Throws `ApiProblem` for an error answer and `NetworkFailure` when there was none.
 * When the session's token is rejected it is renewed, and the request sent a second and last time; a server that rejects a token has
 * done nothing yet.
 */
export async function send(path: string, request: ApiRequest = {}): Promise<Response> {
  if (request.signedBy !== undefined) return sendOnce(path, request, request.signedBy);
  const signer = credentials?.current() ?? null;
  try {
    return await sendOnce(path, request, signer?.accessToken ?? null);
  } catch (error) {
    const isOutdated = error instanceof ApiProblem && OUTDATED.has(error.code);
    if (!isOutdated || signer === null || credentials === null || !(await credentials.renew(signer))) throw error;
  }
  return sendOnce(path, request, credentials.current()?.accessToken ?? null);
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
