import type { LoginAnswer, User, UserProfile, UserSession } from '../../../contracts/http/users.ts';
import type { Account } from '../domain/account.ts';
import type { SignedIn } from '../sessions.ts';
import type { Session } from '../store/sessions.ts';

/** Answers with tokens or an account are for one person's eyes: no cache keeps them. */
export const PRIVATE = 'no-store';

export function toUser(account: Account): User {
  const { userId, username, email, firstName, lastName, roles, membership, accountStatus, createdAt } = account;
  return { userId, username, email, firstName, lastName, roles, membership, accountStatus, createdAt: createdAt.toISOString() };
}

export function toProfile(account: Account): UserProfile {
  const { phoneNumber, emailVerified } = account;
  return { ...toUser(account), ...(phoneNumber === null ? {} : { phoneNumber }), emailVerified };
}

/** Without the refresh token, which goes into the body or into a cookie. */
export function toLoginAnswer({ account, sessionId, accessToken, expiresInSeconds }: SignedIn): LoginAnswer {
  return { accessToken, tokenType: 'Bearer', expiresIn: expiresInSeconds, sessionId, user: toUser(account) };
}

export function toSession(session: Session, currentSessionId: string): UserSession {
  const { sessionId, userAgent, createdAt, lastUsedAt, expiresAt } = session;
  return {
    sessionId,
    current: sessionId === currentSessionId,
    userAgent,
    createdAt: createdAt.toISOString(),
    lastUsedAt: lastUsedAt.toISOString(),
    expiresAt: expiresAt.toISOString(),
  };
}
