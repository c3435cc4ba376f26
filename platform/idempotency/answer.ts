import type { FastifyReply } from 'fastify';
import { ERRORS, type ErrorCode } from '../../contracts/errors.ts';
import { ApiError } from '../http/api-error.ts';

/** What a request was answered: a success, or an error that will be the same the next time. `body` is JSON. */
export type StoredAnswer = { status: number; body: unknown };

/** What to do with a request that came with a key. */
export type IdempotencyDecision =
  { kind: 'RUN' } | { kind: 'REPLAY'; answer: StoredAnswer } | { kind: 'IN_FLIGHT' } | { kind: 'REUSED' };

/** 2xx and refusals for reasons of business are kept; who may ask (401), how often (429) and our own faults (5xx) are not. */
export function isStorable(status: number): boolean {
  return (status >= 200 && status < 300) || (status >= 400 && status < 500 && status !== 401 && status !== 429);
}

/** The answer to store for a refusal, or null when it is of a kind that is never stored. */
export function answerOfError(error: ApiError): StoredAnswer | null {
  if (!isStorable(error.status)) return null;
  return { status: error.status, body: { code: error.code, detail: error.message, extensions: error.extensions } };
}

/** Gives a stored answer again, marked as such: sends a success, throws a refusal. */
export function replay(reply: FastifyReply, answer: StoredAnswer): FastifyReply {
  reply.header('idempotent-replayed', 'true');
  if (answer.status < 400) return reply.code(answer.status).send(answer.body);
  throw errorOfAnswer(answer);
}

/** The refusal in a stored answer. */
export function errorOfAnswer(answer: StoredAnswer): ApiError {
  const { body } = answer;
  if (
    typeof body === 'object' &&
    body !== null &&
    'code' in body &&
    isErrorCode(body.code) &&
    'detail' in body &&
    'extensions' in body
  ) {
    return new ApiError(body.code, String(body.detail), { ...(typeof body.extensions === 'object' ? body.extensions : {}) });
  }
  throw new Error(`A stored answer with status ${answer.status} is not of the form that is stored.`);
}

/** What a key that may not run is refused with. */
export function refusalOf(kind: 'IN_FLIGHT' | 'REUSED'): ApiError {
  return kind === 'REUSED'
    ? new ApiError(
        'IDEMPOTENCY_KEY_REUSED',
        'This Idempotency-Key came with another payload before. Use a new key for a new request.',
      )
    : new ApiError(
        'IDEMPOTENCY_IN_FLIGHT',
        'The first request with this Idempotency-Key is still being worked on. Repeat it in a moment to get its answer.',
        {},
        1,
      );
}

function isErrorCode(code: unknown): code is ErrorCode {
  return typeof code === 'string' && Object.hasOwn(ERRORS, code);
}
