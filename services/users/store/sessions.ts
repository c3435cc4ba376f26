import { sql, type Tx } from '../../../platform/postgres/database.ts';

export type Session = {
  sessionId: string;
  userId: string;
  familyHash: Buffer;
  refreshTokenHash: Buffer;
  previousTokenHash: Buffer | null;
  userAgent: string | null;
  createdAt: Date;
  lastUsedAt: Date;
  expiresAt: Date;
  accessExpiresAt: Date;
};

const COLUMNS = `session_id AS "sessionId", user_id AS "userId", family_hash AS "familyHash", refresh_token_hash AS "refreshTokenHash",
  previous_token_hash AS "previousTokenHash", user_agent AS "userAgent", created_at AS "createdAt", last_used_at AS "lastUsedAt",
  expires_at AS "expiresAt", access_expires_at AS "accessExpiresAt"`;

const INSERT = sql(
  'users.insert_session',
  `INSERT INTO session (session_id, user_id, family_hash, refresh_token_hash, previous_token_hash, user_agent, created_at, last_used_at,
     expires_at, access_expires_at)
   VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
);

const BY_FAMILY = sql('users.session_by_family', `SELECT ${COLUMNS} FROM session WHERE family_hash = $1`);

const UPDATE_TOKENS = sql(
  'users.update_session_tokens',
  `UPDATE session SET refresh_token_hash = $2, previous_token_hash = $3, last_used_at = $4, expires_at = $5,
     access_expires_at = greatest(access_expires_at, $6)
   WHERE session_id = $1`,
);

const PAGE = sql(
  'users.sessions_of_account',
  `SELECT ${COLUMNS} FROM session
   WHERE user_id = $1 AND expires_at > $2 AND ($3::text IS NULL OR session_id < $3) ORDER BY session_id DESC LIMIT $4`,
);

const DELETE_ONE = sql(
  'users.delete_session',
  `DELETE FROM session WHERE user_id = $1 AND session_id = $2 RETURNING session_id AS "sessionId", access_expires_at AS "until"`,
);

const DELETE_ALL = sql(
  'users.delete_sessions_of_account',
  `DELETE FROM session WHERE user_id = $1 RETURNING session_id AS "sessionId", access_expires_at AS "until"`,
);

const TOKENS_UNTIL = sql('users.access_tokens_until', 'SELECT max(access_expires_at) AS "until" FROM session WHERE user_id = $1');

const DELETE_EXPIRED = sql(
  'users.delete_expired_sessions',
  `DELETE FROM session WHERE session_id IN
     (SELECT session_id FROM session WHERE expires_at <= $1 ORDER BY expires_at LIMIT $2 FOR UPDATE SKIP LOCKED)`,
);

/** A session that ended, and when the last of its access tokens expires. */
export type EndedSession = { sessionId: string; until: Date };

export async function insertSession(tx: Tx, session: Session): Promise<void> {
  const { sessionId, userId, familyHash, refreshTokenHash, previousTokenHash, userAgent } = session;
  const { createdAt, lastUsedAt, expiresAt, accessExpiresAt } = session;
  const tokens = [familyHash, refreshTokenHash, previousTokenHash];
  await tx.run(INSERT, [sessionId, userId, ...tokens, userAgent, createdAt, lastUsedAt, expiresAt, accessExpiresAt]);
}

export async function sessionByFamily(tx: Tx, familyHash: Buffer): Promise<Session | null> {
  const [row] = await tx.rows<Session>(BY_FAMILY, [familyHash]);
  return row ?? null;
}

export async function updateSessionTokens(
  tx: Tx,
  session: Pick<Session, 'sessionId' | 'refreshTokenHash' | 'previousTokenHash' | 'lastUsedAt' | 'expiresAt' | 'accessExpiresAt'>,
): Promise<void> {
  const { sessionId, refreshTokenHash, previousTokenHash, lastUsedAt, expiresAt, accessExpiresAt } = session;
  await tx.run(UPDATE_TOKENS, [sessionId, refreshTokenHash, previousTokenHash, lastUsedAt, expiresAt, accessExpiresAt]);
}

/** Sessions that are not over, the newest first. @param before the last session of the page before */
export function sessionsOf(
  tx: Tx,
  userId: string,
  page: { now: Date; before: string | null; limit: number },
): Promise<Session[]> {
  return tx.rows<Session>(PAGE, [userId, page.now, page.before, page.limit]);
}

export function deleteSession(tx: Tx, userId: string, sessionId: string): Promise<EndedSession[]> {
  return tx.rows<EndedSession>(DELETE_ONE, [userId, sessionId]);
}

export function deleteSessionsOf(tx: Tx, userId: string): Promise<EndedSession[]> {
  return tx.rows<EndedSession>(DELETE_ALL, [userId]);
}

/** When the last access token of an account expires; null when it has no session. */
export async function accessTokensUntil(tx: Tx, userId: string): Promise<Date | null> {
  const [row] = await tx.rows<{ until: Date | null }>(TOKENS_UNTIL, [userId]);
  return row?.until ?? null;
}

/** @returns how many were deleted, at most `limit` */
export function deleteExpiredSessions(tx: Tx, now: Date, limit: number): Promise<number> {
  return tx.run(DELETE_EXPIRED, [now, limit]);
}
