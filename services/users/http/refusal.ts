import { ApiError } from '../../../platform/http/api-error.ts';
import type { SignIn, Taken } from '../accounts.ts';

export type RefusalCode = Taken['code'] | (SignIn & { ok: false })['code'];

const DETAILS: Record<RefusalCode, string> = {
  USERNAME_TAKEN: 'Somebody has this username; upper and lower case count as the same. Choose another.',
  EMAIL_TAKEN: 'There is an account with this e-mail address. Sign in instead.',
  INVALID_CREDENTIALS: 'There is no account with this name and password. Check both and try again.',
  ACCOUNT_BLOCKED: 'This account cannot sign in. Ask whoever runs this shop.',
};

export function refusal(code: RefusalCode): ApiError {
  return new ApiError(code, DETAILS[code]);
}
