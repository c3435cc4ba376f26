import type { UserIdentity } from '../../platform/auth/identity.ts';
import type { Revocations } from '../../platform/auth/revocations.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Database, Tx } from '../../platform/postgres/database.ts';
import { publishLoggedOut, type EndReason } from './domain-events.ts';
import { lockSession } from './lock-session.ts';
import { isRefreshToken } from './refresh-token.ts';
import { lockAccount } from './store/accounts.ts';
import { insertRevocations } from './store/revocations.ts';
import { deleteSession, deleteSessionsOf, type EndedSession } from './store/sessions.ts';

/** The ways in which sessions end. With the session goes a revocation: its access tokens count no longer, anywhere. */
export type SessionEnds = {
  /** Ends the session of an access token, known or not: the token counts no longer. */
  endOwn(user: UserIdentity, traceparent: string): Promise<void>;
  /** Ends the session that a refresh token is of, if there is one. */
  endByRefreshToken(refreshToken: string, traceparent: string): Promise<void>;
  /** @returns false when the account has no such session */
  endOne(userId: string, sessionId: string, traceparent: string): Promise<boolean>;
  /** These two are for a transaction that holds the account's lock; call `afterEnd` with the result when it has committed. */
  endOneOf(tx: Tx, userId: string, sessionId: string, reason: EndReason, traceparent: string): Promise<EndedSession[]>;
  endAll(tx: Tx, userId: string, reason: EndReason, traceparent: string): Promise<EndedSession[]>;
  /** This process knows at once; the others learn it from the event log. */
  afterEnd(ended: readonly EndedSession[]): void;
};

export type SessionEndParts = {
  database: Database;
  clock: Clock;
  accessTokenTtlSeconds: number;
  revocations: Pick<Revocations, 'endSession'>;
  wakeRelay: () => void;
};

export function createSessionEnds(parts: SessionEndParts): SessionEnds {
  const { database, clock, accessTokenTtlSeconds, revocations, wakeRelay } = parts;

  const endOneOf: SessionEnds['endOneOf'] = async (tx, userId, sessionId, reason, traceparent) => {
    const gone = await deleteSession(tx, userId, sessionId);
    await record(tx, userId, gone, reason, traceparent);
    return gone;
  };

  const endAll: SessionEnds['endAll'] = async (tx, userId, reason, traceparent) => {
    const gone = await deleteSessionsOf(tx, userId);
    await record(tx, userId, gone, reason, traceparent);
    return gone;
  };

  async function endOwn({ userId, sessionId }: UserIdentity, traceparent: string): Promise<void> {
    const ended = await database.transaction(async (tx) => {
      await lockAccount(tx, userId);
      const gone = await endOneOf(tx, userId, sessionId, 'LOGGED_OUT', traceparent);
      if (gone.length > 0) return gone;
      // The token was good although there is no such session (any more): it must not stay so.
      const until = new Date(clock.now().getTime() + accessTokenTtlSeconds * 1000);
      await record(tx, userId, [{ sessionId, until }], 'LOGGED_OUT', traceparent);
      return [{ sessionId, until }];
    });
    afterEnd(ended);
  }

  async function endByRefreshToken(refreshToken: string, traceparent: string): Promise<void> {
    if (!isRefreshToken(refreshToken)) return;
    const ended = await database.transaction(async (tx) => {
      const found = await lockSession(tx, refreshToken, clock.now());
      if (found === null) return [];
      return endOneOf(tx, found.session.userId, found.session.sessionId, 'LOGGED_OUT', traceparent);
    });
    afterEnd(ended);
  }

  async function endOne(userId: string, sessionId: string, traceparent: string): Promise<boolean> {
    const ended = await database.transaction(async (tx) => {
      await lockAccount(tx, userId);
      return endOneOf(tx, userId, sessionId, 'REVOKED', traceparent);
    });
    afterEnd(ended);
    return ended.length > 0;
  }

  async function record(
    tx: Tx,
    userId: string,
    gone: readonly EndedSession[],
    reason: EndReason,
    traceparent: string,
  ): Promise<void> {
    const revoked = gone.map(({ sessionId, until }) => ({ subject: sessionId, rolesVersion: null, until }));
    await insertRevocations(tx, revoked);
    await publishLoggedOut(tx, { userId, ended: gone, reason, at: clock.now() }, traceparent);
  }

  function afterEnd(ended: readonly EndedSession[]): void {
    for (const { sessionId, until } of ended) revocations.endSession(sessionId, until);
    if (ended.length > 0) wakeRelay();
  }

  return { endOwn, endByRefreshToken, endOne, endOneOf, endAll, afterEnd };
}
