import { ApiError } from '../../../platform/http/api-error.ts';
import type { SignIn } from '../accounts.ts';
import type { Changed } from '../profiles.ts';
import type { Proven } from '../recovery.ts';

type CodeOf<R> = R extends { ok: false; code: infer C extends string } ? C : never;
export type RefusalCode = Exclude<CodeOf<SignIn | Changed | Proven>, 'RATE_LIMITED'>;

const DETAILS: Record<RefusalCode, string> = {
  USERNAME_TAKEN: 'Somebody has this username; upper and lower case count as the same. Choose another.',
  EMAIL_TAKEN: 'There is an account with this e-mail address. Sign in instead.',
  INVALID_CREDENTIALS: 'There is no account with this name and password. Check both and try again.',
  ACCOUNT_BLOCKED: 'This account cannot sign in. Ask whoever runs this shop.',
  USER_NOT_FOUND: 'There is no such account, or it was deleted.',
  MAIL_TOKEN_INVALID: 'This token was used, has expired, or belongs to another address. Ask for a new e-mail.',
};

export function refusal(code: RefusalCode): ApiError {
  return new ApiError(code, DETAILS[code]);
}

export function tooManyAttempts(waitMs: number): ApiError {
  const seconds = Math.max(1, Math.ceil(waitMs / 1000));
  const detail = `Too many failed attempts for this account. Try again in ${seconds} ${seconds === 1 ? 'second' : 'seconds'}.`;
  return new ApiError('RATE_LIMITED', detail, {}, seconds);
}

export function refreshRefused(reused: boolean): ApiError {
  const detail = reused
    ? 'This refresh token was used before, so somebody else may have it. The session has been ended; sign in again.'
    : 'There is no session with this refresh token (any more). Sign in again.';
  return new ApiError('REFRESH_TOKEN_INVALID', detail);
}
