import type { ErrorCode } from '../../contracts/errors.ts';
import { ApiError } from '../http/api-error.ts';
import { CommitOutcomeUnknown, isConnectionLost, isSerializationConflict } from '../postgres/errors.ts';

const NOT_NOW: ReadonlySet<ErrorCode> = new Set(['SERVICE_UNAVAILABLE', 'OVERLOADED', 'OUTCOME_UNKNOWN', 'RATE_LIMITED']);

/**
 * Whether an error says "not now" and nothing about the event: a neighbour that is down must not turn events into dead letters,
 * however long it is down. After `CommitOutcomeUnknown` the inbox tells whether the work was done, so running it again is right.
 */
export function isTransient(error: unknown): boolean {
  if (error instanceof ApiError) return NOT_NOW.has(error.code);
  return error instanceof CommitOutcomeUnknown || isConnectionLost(error) || isSerializationConflict(error);
}
