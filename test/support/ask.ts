import type { Answer } from './buyer.ts';
import { checkDeclared } from './declared-errors.ts';

export type Ask = { token?: string; body?: unknown; headers?: Record<string, string>; signal?: AbortSignal };

/** One HTTP request with nothing added but what is said; a body that is no text goes as JSON. An error must be one of the route's. */
export async function ask(url: string, method: string, { token, body, headers = {}, signal }: Ask = {}): Promise<Answer> {
  const answer = await fetch(url, {
    method,
    redirect: 'manual',
    headers: {
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(body === undefined || 'content-type' in headers ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    ...(signal === undefined ? {} : { signal }),
  });
  const text = await answer.text();
  const isJson = /json/.test(answer.headers.get('content-type') ?? '');
  const read = text !== '' && isJson ? JSON.parse(text) : text;
  if (answer.status >= 400) await checkDeclared(method, url, read);
  return { status: answer.status, headers: answer.headers, body: read };
}
