import { ERRORS, type ErrorCode } from '../../contracts/errors.ts';

/** An answer with a code from the error table. `extensions` become members of the problem document. */
export class ApiError extends Error {
  readonly code: ErrorCode;
  readonly extensions: Readonly<Record<string, unknown>>;
  readonly retryAfterSeconds: number | undefined;

  constructor(code: ErrorCode, detail: string, extensions: Record<string, unknown> = {}, retryAfterSeconds?: number) {
    super(detail);
    this.name = 'ApiError';
    this.code = code;
    this.extensions = extensions;
    const entry: { status: number; retryAfterSeconds?: number } = ERRORS[code];
    this.retryAfterSeconds = retryAfterSeconds ?? entry.retryAfterSeconds;
  }

  get status(): number {
    return ERRORS[this.code].status;
  }
}
