import { sql, type Tx } from '../../../platform/postgres/database.ts';
import type { Account } from '../domain/account.ts';

const COLUMNS = `user_id AS "userId", username, email, first_name AS "firstName", last_name AS "lastName", phone_number AS "phoneNumber",
  roles, membership, account_status AS "accountStatus", roles_version AS "rolesVersion", email_verified_at IS NOT NULL AS "emailVerified",
  created_at AS "createdAt"`;

/** Names of the unique indexes, as an error tells them. */
export const USERNAME_KEY = 'account_username_key';
export const EMAIL_KEY = 'account_email_key';

const INSERT = sql(
  'users.insert_account',
  `INSERT INTO account (user_id, username, email, password_hash, first_name, last_name, phone_number, roles, membership, account_status, created_at, updated_at)
   VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $11)`,
);

const UPSERT_DEMO = sql(
  'users.upsert_demo_account',
  `INSERT INTO account (user_id, username, email, password_hash, first_name, last_name, phone_number, roles, membership, account_status, created_at, updated_at,
     email_verified_at)
   VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $11, $11)
   ON CONFLICT (lower(username)) DO UPDATE SET email = excluded.email, password_hash = excluded.password_hash, first_name = excluded.first_name,
     last_name = excluded.last_name, roles = excluded.roles, membership = excluded.membership, account_status = 'ACTIVE', updated_at = excluded.updated_at,
     roles_version = account.roles_version + (account.roles <> excluded.roles)::integer
   RETURNING ${COLUMNS}`,
);

const UPDATE = sql(
  'users.update_account',
  `UPDATE account SET username = $2, email = $3, first_name = $4, last_name = $5, phone_number = $6, roles = $7, membership = $8, account_status = $9,
     roles_version = $10, email_verified_at = CASE WHEN $11 THEN coalesce(email_verified_at, $12) END, updated_at = $12
   WHERE user_id = $1`,
);
const UPDATE_PASSWORD = sql('users.update_password', 'UPDATE account SET password_hash = $2, updated_at = $3 WHERE user_id = $1');
/** '!' is no argon2id hash: no password matches it. */
const MARK_DELETED = sql('users.mark_deleted', `UPDATE account SET password_hash = '!', deleted_at = $2 WHERE user_id = $1`);

const BY_ID = sql('users.account_by_id', `SELECT ${COLUMNS} FROM account WHERE user_id = $1 AND deleted_at IS NULL`);
const BY_USERNAME = sql(
  'users.account_by_username',
  `SELECT ${COLUMNS}, password_hash AS "passwordHash" FROM account WHERE lower(username) = lower($1) AND deleted_at IS NULL`,
);
const BY_EMAIL = sql(
  'users.account_by_email',
  `SELECT ${COLUMNS}, password_hash AS "passwordHash" FROM account WHERE lower(email) = lower($1) AND deleted_at IS NULL`,
);
const LOCK = sql(
  'users.lock_account',
  `SELECT ${COLUMNS}, password_hash AS "passwordHash" FROM account WHERE user_id = $1 AND deleted_at IS NULL FOR NO KEY UPDATE`,
);

function values(account: Account, passwordHash: string): unknown[] {
  const { userId, username, email, firstName, lastName, phoneNumber, roles, membership, accountStatus, createdAt } = account;
  return [userId, username, email, passwordHash, firstName, lastName, phoneNumber, roles, membership, accountStatus, createdAt];
}

/** Fails with a unique violation of `USERNAME_KEY` or `EMAIL_KEY` when someone has the name or address. */
export async function insertAccount(tx: Tx, account: Account, passwordHash: string): Promise<void> {
  await tx.run(INSERT, values(account, passwordHash));
}

/** Makes the account, or brings the one with its username to these values; it keeps its id then. */
export async function upsertDemoAccount(tx: Tx, account: Account, passwordHash: string): Promise<Account> {
  const [row] = await tx.rows<Account>(UPSERT_DEMO, values(account, passwordHash));
  if (row === undefined) throw new Error('The upsert of a demo account returned no row');
  return row;
}

/** Writes all of an account but its password. Fails as `insertAccount` does. */
export async function updateAccount(tx: Tx, account: Account, now: Date): Promise<void> {
  const { userId, username, email, firstName, lastName, phoneNumber, roles, membership, accountStatus } = account;
  const { rolesVersion, emailVerified } = account;
  const names = [username, email, firstName, lastName, phoneNumber];
  await tx.run(UPDATE, [userId, ...names, roles, membership, accountStatus, rolesVersion, emailVerified, now]);
}

export async function updatePassword(tx: Tx, userId: string, passwordHash: string, now: Date): Promise<void> {
  await tx.run(UPDATE_PASSWORD, [userId, passwordHash, now]);
}

/** From now on nobody finds the account, and no password is its own. */
export async function markDeleted(tx: Tx, userId: string, now: Date): Promise<void> {
  await tx.run(MARK_DELETED, [userId, now]);
}

export async function accountById(tx: Tx, userId: string): Promise<Account | null> {
  const [row] = await tx.rows<Account>(BY_ID, [userId]);
  return row ?? null;
}

export type AccountWithPassword = Account & { passwordHash: string };

/** Keeps the account as it is until the transaction ends, and its domain events in the order of their commits. */
export async function lockAccount(tx: Tx, userId: string): Promise<AccountWithPassword | null> {
  const [row] = await tx.rows<AccountWithPassword>(LOCK, [userId]);
  return row ?? null;
}

export async function accountForLogin(
  tx: Tx,
  name: { username: string } | { email: string },
): Promise<AccountWithPassword | null> {
  const rows =
    'username' in name
      ? tx.rows<AccountWithPassword>(BY_USERNAME, [name.username])
      : tx.rows<AccountWithPassword>(BY_EMAIL, [name.email]);
  const [row] = await rows;
  return row ?? null;
}
