import { ApiProblem, isOutcomeUnknown } from './problem.ts';

const ATTEMPTS = 4;

/**
 * Sends the same request again while its outcome is unknown: a lost answer, a busy server, a first request still in flight. The caller
 * passes one `Idempotency-Key` in, so that repeating it never does the thing twice. After four attempts the last error is thrown.
 */
export async function untilKnown<T>(send: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await send();
    } catch (error) {
      if (!isOutcomeUnknown(error) || attempt === ATTEMPTS) throw error;
      const named = error instanceof ApiProblem ? (error.retryAfterSeconds ?? 0) * 1000 : 0;
      await new Promise((resolve) => setTimeout(resolve, Math.min(5000, Math.max(named, 400 * 2 ** attempt))));
    }
  }
}
