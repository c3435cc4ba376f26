import type { FastifyError } from 'fastify';
import { ERRORS, type ErrorCode, type Problem } from '../../contracts/errors.ts';
import { CommitOutcomeUnknown, isConnectionLost, isSerializationConflict, isSqlState } from '../postgres/errors.ts';
import { ApiError } from './api-error.ts';
import { validationFailed } from './validation.ts';

export const PROBLEM_TYPE = 'application/problem+json; charset=utf-8';

/** The RFC 9457 document of an error; its `type` is where the code is explained. */
export function problemOf(error: ApiError, traceId: string): Problem {
  const { status, title } = ERRORS[error.code];
  return { ...error.extensions, type: `/docs#${error.code}`, title, status, detail: error.message, code: error.code, traceId };
}

/** Whatever a route threw, as an answer. What is not known here is INTERNAL, and says nothing of what it was. */
export function toApiError(error: unknown): ApiError {
  if (error instanceof ApiError) return error;
  return (
    fromDatabase(error) ??
    fromFastify(error) ??
    new ApiError(
      'INTERNAL',
      'Something failed on our side. It was logged under this trace id; nothing in your request was wrong.',
    )
  );
}

/** Text or a number of a request that PostgreSQL cannot hold: 22021, 22P05 characters; 22007, 22008 dates; 22003 numbers. */
const UNSTORABLE = ['22021', '22P05', '22007', '22008', '22003'];

function fromDatabase(error: unknown): ApiError | null {
  if (error instanceof CommitOutcomeUnknown) {
    return new ApiError(
      'OUTCOME_UNKNOWN',
      'The database was lost while saving, so it is not known whether this was done. Repeat it with the same Idempotency-Key.',
    );
  }
  if (isConnectionLost(error)) {
    return new ApiError('SERVICE_UNAVAILABLE', 'The database cannot be reached. Nothing was changed; try again in a moment.');
  }
  if (isSerializationConflict(error)) {
    return new ApiError('OVERLOADED', 'Too many changes of the same thing at once. Nothing was changed; try again.');
  }
  if (UNSTORABLE.some((state) => isSqlState(error, state))) {
    return new ApiError(
      'VALIDATION_FAILED',
      'A value in the request is outside what can be stored (a date, a number or a character).',
    );
  }
  return null;
}

type Known = { code: ErrorCode; detail: string };

const FASTIFY: Record<string, Known> = {
  FST_ERR_CTP_BODY_TOO_LARGE: { code: 'PAYLOAD_TOO_LARGE', detail: 'The body is larger than this route takes.' },
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: { code: 'MALFORMED_JSON', detail: 'The body is not as long as its Content-Length says.' },
  FST_ERR_CTP_INVALID_MEDIA_TYPE: {
    code: 'UNSUPPORTED_MEDIA_TYPE',
    detail: 'Send the body as application/json, and say so in Content-Type.',
  },
  FST_ERR_CTP_INVALID_TYPE: { code: 'UNSUPPORTED_MEDIA_TYPE', detail: 'The Content-Type header cannot be read.' },
  FST_ERR_CTP_EMPTY_TYPE: { code: 'UNSUPPORTED_MEDIA_TYPE', detail: 'Say in Content-Type what the body is.' },
  FST_ERR_MAX_PARAM_LENGTH: { code: 'NOT_FOUND', detail: 'A part of the path is longer than any id of ours.' },
  FST_ERR_NOT_FOUND: { code: 'ROUTE_NOT_FOUND', detail: 'There is no such route.' },
};

function fromFastify(error: unknown): ApiError | null {
  if (!isFastifyError(error)) return null;
  const known = FASTIFY[error.code];
  if (known !== undefined) return new ApiError(known.code, known.detail);
  if (error.code === 'FST_ERR_BAD_URL')
    return validationFailed([{ path: 'path', message: 'has a percent escape that cannot be read' }]);
  if (error.code === 'FST_ERR_VALIDATION') return new ApiError('VALIDATION_FAILED', 'The request is not valid.');
  return null;
}

function isFastifyError(error: unknown): error is FastifyError {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' && error.code.startsWith('FST_');
}
