import { newId } from '../../contracts/ids.ts';
import type { AccessTokens } from '../../platform/auth/access-tokens.ts';
import type { Tx } from '../../platform/postgres/database.ts';
import type { Account } from './domain/account.ts';
import { afterRefresh, decideRefresh } from './domain/session.ts';
import { publishLoggedIn } from './domain-events.ts';
import { lockSession } from './lock-session.ts';
import { familyHash, isRefreshToken, newRefreshToken, nextRefreshToken, refreshTokenHash } from './refresh-token.ts';
import { createSessionEnds, type SessionEndParts, type SessionEnds } from './session-ends.ts';
import { insertSession, sessionsOf, updateSessionTokens, type EndedSession, type Session } from './store/sessions.ts';

/** How long a session lasts without being refreshed. */
export const SESSION_TTL_MS = 30 * 24 * 3600 * 1000;
const MAX_USER_AGENT_LENGTH = 200;

export type SignedIn = {
  ok: true;
  account: Account;
  sessionId: string;
  accessToken: string;
  expiresInSeconds: number;
  refreshToken: string;
  /** Seconds until the session is over when it is not refreshed. */
  sessionTtlSeconds: number;
};
export type Refreshed = SignedIn | { ok: false; code: 'REFRESH_TOKEN_INVALID'; reused: boolean };

/**
 * The sessions of accounts. Whatever opens, refreshes or ends one holds the lock of its account: so an account that is blocked
 * or gone has none, two refreshes at once come one after the other, and its domain events are in the order of their commits.
 */
export type Sessions = SessionEnds & {
  /** Within the transaction that holds the account's lock. */
  open(tx: Tx, account: Account, userAgent: string | undefined, traceparent: string): Promise<SignedIn>;
  refresh(refreshToken: string, traceparent: string): Promise<Refreshed>;
  page(userId: string, before: string | null, limit: number): Promise<Session[]>;
};

export function createSessions(parts: SessionEndParts & { tokens: Pick<AccessTokens, 'sign'> }): Sessions {
  const { database, clock, tokens } = parts;
  const ends = createSessionEnds(parts);

  function signed(account: Account, sessionId: string) {
    const { userId, roles, rolesVersion } = account;
    const token = tokens.sign({ userId, sessionId, roles, rolesVersion });
    const now = clock.now();
    const accessExpiresAt = new Date(now.getTime() + token.expiresInSeconds * 1000);
    const expiresAt = new Date(now.getTime() + SESSION_TTL_MS);
    const answer = { ok: true as const, account, sessionId, ...token, sessionTtlSeconds: SESSION_TTL_MS / 1000 };
    return { answer, times: { lastUsedAt: now, expiresAt, accessExpiresAt } };
  }

  const open: Sessions['open'] = async (tx, account, userAgent, traceparent) => {
    const { userId } = account;
    const sessionId = newId('session');
    const refreshToken = newRefreshToken();
    const { answer, times } = signed(account, sessionId);
    await insertSession(tx, {
      sessionId,
      userId,
      familyHash: familyHash(refreshToken),
      refreshTokenHash: refreshTokenHash(refreshToken),
      previousTokenHash: null,
      userAgent: userAgent?.slice(0, MAX_USER_AGENT_LENGTH) ?? null,
      createdAt: times.lastUsedAt,
      ...times,
    });
    await publishLoggedIn(tx, { userId, sessionId, at: times.lastUsedAt }, traceparent);
    return { ...answer, refreshToken };
  };

  async function refresh(refreshToken: string, traceparent: string): Promise<Refreshed> {
    if (!isRefreshToken(refreshToken)) return { ok: false, code: 'REFRESH_TOKEN_INVALID', reused: false };
    const shown = refreshTokenHash(refreshToken);
    const { result, ended } = await database.transaction(async (tx): Promise<{ result: Refreshed; ended: EndedSession[] }> => {
      const found = await lockSession(tx, refreshToken, clock.now());
      const none = { ok: false as const, code: 'REFRESH_TOKEN_INVALID' as const };
      if (found === null) return { result: { ...none, reused: false }, ended: [] };
      const { account, session } = found;
      const hashes = { current: session.refreshTokenHash, previous: session.previousTokenHash };
      const decision = decideRefresh(hashes, shown);
      if (decision === 'END') {
        const gone = await ends.endOneOf(tx, account.userId, session.sessionId, 'REFRESH_TOKEN_REUSED', traceparent);
        return { result: { ...none, reused: true }, ended: gone };
      }
      const next = nextRefreshToken(refreshToken);
      const { answer, times } = signed(account, session.sessionId);
      const { current, previous } = afterRefresh(hashes, decision, refreshTokenHash(next));
      const tokensNow = { refreshTokenHash: current, previousTokenHash: previous };
      await updateSessionTokens(tx, { sessionId: session.sessionId, ...tokensNow, ...times });
      return { result: { ...answer, refreshToken: next }, ended: [] };
    });
    ends.afterEnd(ended);
    return result;
  }

  return {
    ...ends,
    open,
    refresh,
    page: (userId, before, limit) => sessionsOf(database, userId, { now: clock.now(), before, limit }),
  };
}
