import { send } from '../../../shared/api/client.ts';
import { ApiProblem } from '../../../shared/api/problem.ts';

const TIMEOUT_MS = 8_000;

/** Ends the session of the token and that of the cookie on the server; a session that is over already is fine. */
export async function logOut(accessToken: string | null): Promise<void> {
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  try {
    await send('/v1/users/logout', { method: 'POST', signedBy: accessToken, signal });
  } catch (error) {
    if (!(error instanceof ApiProblem && error.problem.status === 401)) throw error;
  }
}
