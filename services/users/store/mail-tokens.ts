import { sql, type Tx } from '../../../platform/postgres/database.ts';

export type MailPurpose = 'PASSWORD_RESET' | 'EMAIL_VERIFICATION';
export type MailToken = {
  tokenHash: Buffer;
  userId: string;
  purpose: MailPurpose;
  email: string;
  createdAt: Date;
  expiresAt: Date;
};

const INSERT = sql(
  'users.insert_mail_token',
  'INSERT INTO mail_token (token_hash, user_id, purpose, email, created_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6)',
);
const OWNER = sql(
  'users.mail_token_owner',
  'SELECT user_id AS "userId" FROM mail_token WHERE token_hash = $1 AND purpose = $2 AND expires_at > $3',
);
const TAKE = sql(
  'users.take_mail_token',
  `DELETE FROM mail_token WHERE token_hash = $1 AND purpose = $2 AND expires_at > $3 RETURNING user_id AS "userId", email`,
);
const COUNT_SINCE = sql(
  'users.count_mail_tokens',
  'SELECT count(*)::integer AS count FROM mail_token WHERE user_id = $1 AND purpose = $2 AND created_at > $3',
);
const DELETE_OF = sql(
  'users.delete_mail_tokens',
  'DELETE FROM mail_token WHERE user_id = $1 AND ($2::text IS NULL OR purpose = $2)',
);
const DELETE_EXPIRED = sql(
  'users.delete_expired_mail_tokens',
  `DELETE FROM mail_token WHERE token_hash IN
     (SELECT token_hash FROM mail_token WHERE expires_at <= $1 ORDER BY expires_at LIMIT $2 FOR UPDATE SKIP LOCKED)`,
);
const REQUEST_RESET = sql(
  'users.request_password_reset',
  `INSERT INTO password_reset_request (email, traceparent, requested_at) VALUES (lower($1), $2, $3) ON CONFLICT DO NOTHING`,
);
const TAKE_REQUEST = sql(
  'users.take_password_reset_request',
  `DELETE FROM password_reset_request WHERE email =
     (SELECT email FROM password_reset_request ORDER BY email LIMIT 1 FOR UPDATE SKIP LOCKED) RETURNING email, traceparent`,
);

export async function insertMailToken(tx: Tx, token: MailToken): Promise<void> {
  await tx.run(INSERT, [token.tokenHash, token.userId, token.purpose, token.email, token.createdAt, token.expiresAt]);
}

/** Whose token it is, if it is good. */
export async function mailTokenOwner(tx: Tx, tokenHash: Buffer, purpose: MailPurpose, now: Date): Promise<string | null> {
  const [row] = await tx.rows<{ userId: string }>(OWNER, [tokenHash, purpose, now]);
  return row?.userId ?? null;
}

/** Uses a token up. @returns the address that it was sent to, or null when it is not good (any more) */
export async function takeMailToken(tx: Tx, tokenHash: Buffer, purpose: MailPurpose, now: Date): Promise<string | null> {
  const [row] = await tx.rows<{ email: string }>(TAKE, [tokenHash, purpose, now]);
  return row?.email ?? null;
}

export async function countMailTokens(tx: Tx, userId: string, purpose: MailPurpose, since: Date): Promise<number> {
  const [row] = await tx.rows<{ count: number }>(COUNT_SINCE, [userId, purpose, since]);
  return row?.count ?? 0;
}

/** @param purpose null: all */
export async function deleteMailTokens(tx: Tx, userId: string, purpose: MailPurpose | null): Promise<void> {
  await tx.run(DELETE_OF, [userId, purpose]);
}

/** @returns how many were deleted, at most `limit` */
export function deleteExpiredMailTokens(tx: Tx, now: Date, limit: number): Promise<number> {
  return tx.run(DELETE_EXPIRED, [now, limit]);
}

/** Once per address, however often it is asked before it is answered. */
export async function requestPasswordReset(tx: Tx, email: string, traceparent: string, now: Date): Promise<void> {
  await tx.run(REQUEST_RESET, [email, traceparent, now]);
}

/** Takes one request that nobody else is answering. */
export async function takePasswordResetRequest(tx: Tx): Promise<{ email: string; traceparent: string } | null> {
  const [row] = await tx.rows<{ email: string; traceparent: string }>(TAKE_REQUEST);
  return row ?? null;
}
