import type { ErrorCode } from '../../../../contracts/errors.ts';
import { ROUTE_ERRORS } from '../../../../contracts/http/route-errors.ts';
import type { Operation } from './document.ts';

/** Any request may meet these: it is not read as the route says, comes too often, or a part of the system is away. */
const ALWAYS: ErrorCode[] = [
  'VALIDATION_FAILED',
  'REQUEST_TIMEOUT',
  'HEADERS_TOO_LARGE',
  'RATE_LIMITED',
  'INTERNAL',
  'OVERLOADED',
  'SERVICE_UNAVAILABLE',
];
/** A body that comes is read, also where none is wanted. */
const CHANGING: ErrorCode[] = ['MALFORMED_JSON', 'PAYLOAD_TOO_LARGE', 'UNSUPPORTED_MEDIA_TYPE', 'OUTCOME_UNKNOWN'];
const SIGNED_IN: ErrorCode[] = ['UNAUTHENTICATED', 'TOKEN_EXPIRED'];
const WITH_KEY: ErrorCode[] = ['IDEMPOTENCY_KEY_INVALID', 'IDEMPOTENCY_IN_FLIGHT', 'IDEMPOTENCY_KEY_REUSED'];

/** Every error that the route can answer: what it does itself (`ROUTE_ERRORS`) and what follows from its form. */
export function errorsOf(method: string, path: string, operation: Operation): ErrorCode[] {
  const { security = [], parameters = [] } = operation;
  const key = parameters.find(({ name }) => name === 'Idempotency-Key');
  return [
    ...new Set<ErrorCode>([
      ...ALWAYS,
      ...(method === 'get' ? [] : CHANGING),
      ...(path.includes('{') ? (['NOT_FOUND'] as const) : []),
      ...(security.length === 0 ? [] : SIGNED_IN),
      ...(security.some(({ bearer = [] }) => bearer.length > 0) ? (['FORBIDDEN'] as const) : []),
      ...(key === undefined ? [] : WITH_KEY),
      ...(key?.required === true ? (['IDEMPOTENCY_KEY_REQUIRED'] as const) : []),
      ...(ROUTE_ERRORS[`${method} ${path}`] ?? []),
    ]),
  ];
}
