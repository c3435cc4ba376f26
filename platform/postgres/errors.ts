import { DatabaseError } from 'pg';

/** The connection was lost after COMMIT was sent: the change may be there or not. Never run the work again by itself. */
export class CommitOutcomeUnknown extends Error {
  override readonly name = 'CommitOutcomeUnknown';

  constructor(cause: unknown) {
    super('The connection to PostgreSQL was lost while committing, so it is not known whether the change was made.', { cause });
  }
}

const LOST_SOCKET = new Set([
  'ECONNRESET',
  'ECONNREFUSED',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
]);

/** Class 08 is a connection exception; 57P01–57P03 are a server that shuts down, crashed, or is not up yet; 53300 has no slot free. */
const LOST_SQLSTATE = /^(08...|57P0[123]|53300)$/;

/** The driver gives these no code. Texts of pg 8.23 and its pool; a test notices when they change. */
const LOST_MESSAGE =
  /^Connection terminated|^Client has encountered a connection error|^Client was closed|^timeout exceeded when trying to connect|^timeout expired|^Query read timeout/;

/**
 * Whether the server was not reached or the connection broke. Outside `CommitOutcomeUnknown`, for which this is false, nothing
 * of a transaction was kept.
 */
export function isConnectionLost(error: unknown): boolean {
  if (!(error instanceof Error) || error instanceof CommitOutcomeUnknown) return false;
  if (error instanceof AggregateError && error.errors.length > 0) return error.errors.every(isConnectionLost);
  const code = codeOf(error);
  if (error instanceof DatabaseError) return LOST_SQLSTATE.test(code);
  return LOST_SOCKET.has(code) || LOST_MESSAGE.test(error.message);
}

/** A lost race with another transaction (serialization failure, deadlock): nothing was kept, and running it again is right. */
export function isSerializationConflict(error: unknown): boolean {
  return isSqlState(error, '40001') || isSqlState(error, '40P01');
}

/** @param constraint name of the constraint or unique index; without it any one */
export function isUniqueViolation(error: unknown, constraint?: string): boolean {
  return (
    isSqlState(error, '23505') &&
    (constraint === undefined || (error instanceof DatabaseError && error.constraint === constraint))
  );
}

/** What a row refers to is not there, or what is to be deleted is referred to. */
export function isForeignKeyViolation(error: unknown): boolean {
  return isSqlState(error, '23503');
}

/** Whether the server answered with this SQLSTATE (PostgreSQL manual, appendix A). */
export function isSqlState(error: unknown, sqlState: string): boolean {
  return error instanceof DatabaseError && error.code === sqlState;
}

function codeOf(error: Error): string {
  return 'code' in error && typeof error.code === 'string' ? error.code : '';
}
