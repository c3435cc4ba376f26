import { sql, type Tx } from '../../../platform/postgres/database.ts';

export type Session = { sessionId: string; userId: string; refreshTokenHash: Buffer; createdAt: Date; expiresAt: Date };

const INSERT = sql(
  'users.insert_session',
  'INSERT INTO session (session_id, user_id, refresh_token_hash, created_at, expires_at) VALUES ($1, $2, $3, $4, $5)',
);

const DELETE_EXPIRED = sql(
  'users.delete_expired_sessions',
  `DELETE FROM session WHERE session_id IN
     (SELECT session_id FROM session WHERE expires_at <= $1 ORDER BY expires_at LIMIT $2 FOR UPDATE SKIP LOCKED)`,
);

export async function insertSession(tx: Tx, session: Session): Promise<void> {
  await tx.run(INSERT, [session.sessionId, session.userId, session.refreshTokenHash, session.createdAt, session.expiresAt]);
}

/** @returns how many were deleted, at most `limit` */
export function deleteExpiredSessions(tx: Tx, now: Date, limit: number): Promise<number> {
  return tx.run(DELETE_EXPIRED, [now, limit]);
}
