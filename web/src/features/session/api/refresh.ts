import type { LoginAnswer } from '../../../../../contracts/http/users.ts';
import { requestJson } from '../../../shared/api/client.ts';

/** An answer that takes longer is given up: the other tabs wait for it. */
const TIMEOUT_MS = 8_000;

/** New tokens for the refresh token in the cookie, which no script sees. */
export function refresh(): Promise<LoginAnswer> {
  return requestJson('/v1/users/refresh', { method: 'POST', signedBy: null, signal: AbortSignal.timeout(TIMEOUT_MS) });
}
