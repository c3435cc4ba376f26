import type { Tx } from '../../platform/postgres/database.ts';
import type { Account } from './domain/account.ts';
import { familyHash } from './refresh-token.ts';
import { lockAccount } from './store/accounts.ts';
import { sessionByFamily, type Session } from './store/sessions.ts';

/** The session that a refresh token is of, new or old, with its account locked; null when there is none or its time is over. */
export async function lockSession(
  tx: Tx,
  refreshToken: string,
  now: Date,
): Promise<{ account: Account; session: Session } | null> {
  const family = familyHash(refreshToken);
  const seen = await sessionByFamily(tx, family);
  const account = seen === null ? null : await lockAccount(tx, seen.userId);
  // Read again: whoever held the lock before may have exchanged the token or ended the session.
  const session = account === null ? null : await sessionByFamily(tx, family);
  return account === null || session === null || session.expiresAt <= now ? null : { account, session };
}
