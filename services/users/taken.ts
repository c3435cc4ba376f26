import { isUniqueViolation } from '../../platform/postgres/errors.ts';
import { EMAIL_KEY, USERNAME_KEY } from './store/accounts.ts';

export type Taken = { ok: false; code: 'USERNAME_TAKEN' | 'EMAIL_TAKEN' };

/** Runs a write of an account; what the unique indexes refuse becomes an answer. They decide, so a race has one winner. */
export async function refusingTaken<T>(write: () => Promise<T>): Promise<T | Taken> {
  try {
    return await write();
  } catch (error) {
    if (isUniqueViolation(error, USERNAME_KEY)) return { ok: false, code: 'USERNAME_TAKEN' };
    if (isUniqueViolation(error, EMAIL_KEY)) return { ok: false, code: 'EMAIL_TAKEN' };
    throw error;
  }
}
