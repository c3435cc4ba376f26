import type { ErrorCode, Problem } from '../../../../contracts/errors.ts';

/** An error answer of the API: its code to decide by, its detail to show, its extensions to act on. */
export class ApiProblem extends Error {
  readonly problem: Problem;
  /** From `Retry-After`, when the server named a time. */
  readonly retryAfterSeconds: number | null;

  constructor(problem: Problem, retryAfterSeconds: number | null) {
    super(problem.detail);
    this.name = 'ApiProblem';
    this.problem = problem;
    this.retryAfterSeconds = retryAfterSeconds;
  }

  get code(): ErrorCode {
    return this.problem.code;
  }
}

/** The request may or may not have reached the server: the network is gone or the answer was lost. */
export class NetworkFailure extends Error {
  constructor(cause: unknown) {
    super('The server could not be reached.', { cause });
    this.name = 'NetworkFailure';
  }
}

export function problemCode(error: unknown): ErrorCode | null {
  return error instanceof ApiProblem ? error.code : null;
}

/** Whether the outcome is unknown, so that the same request with the same key is the right next step. */
export function isOutcomeUnknown(error: unknown): boolean {
  if (error instanceof NetworkFailure) return true;
  return (
    error instanceof ApiProblem &&
    (error.problem.status >= 500 || error.code === 'IDEMPOTENCY_IN_FLIGHT' || error.code === 'RATE_LIMITED')
  );
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function isProblem(value: unknown): value is Problem {
  return (
    isRecord(value) &&
    typeof value['code'] === 'string' &&
    typeof value['detail'] === 'string' &&
    typeof value['status'] === 'number'
  );
}

/** What a failed answer says; a proxy's page instead of problem+json is told as a service that cannot be reached. */
export async function problemFrom(response: Response): Promise<ApiProblem> {
  const body: unknown = await response.json().catch(() => null);
  const seconds = Number(response.headers.get('retry-after'));
  const retryAfterSeconds = Number.isFinite(seconds) && seconds > 0 ? seconds : null;
  if (isProblem(body)) return new ApiProblem(body, retryAfterSeconds);
  const status = response.status;
  return new ApiProblem(
    {
      type: 'about:blank',
      title: 'A part of the system is not available',
      status,
      detail: `The server answered ${status} without saying why. Please try again in a moment.`,
      code: status >= 500 ? 'SERVICE_UNAVAILABLE' : 'NOT_FOUND',
      traceId: response.headers.get('traceparent')?.split('-')[1] ?? '',
    },
    retryAfterSeconds,
  );
}
