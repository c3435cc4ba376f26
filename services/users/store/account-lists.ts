import { sql, type Tx } from '../../../platform/postgres/database.ts';
import type { Account } from '../domain/account.ts';

const COLUMNS = `user_id AS "userId", username, email, first_name AS "firstName", last_name AS "lastName", phone_number AS "phoneNumber",
  roles, membership, account_status AS "accountStatus", roles_version AS "rolesVersion", email_verified_at IS NOT NULL AS "emailVerified",
  created_at AS "createdAt"`;

const PAGE = sql(
  'users.accounts_page',
  `SELECT ${COLUMNS} FROM account WHERE deleted_at IS NULL AND ($1::text IS NULL OR user_id > $1) ORDER BY user_id LIMIT $2`,
);

/** Reads accounts until the page is full: for admins only, who want any part of a name. strpos knows no wildcards to escape. */
const SEARCH = sql(
  'users.search_accounts',
  `SELECT ${COLUMNS} FROM account
   WHERE deleted_at IS NULL AND ($1::text IS NULL OR user_id > $1)
     AND strpos(lower(username || E'\\n' || email || E'\\n' || first_name || ' ' || last_name), lower($3)) > 0
   ORDER BY user_id LIMIT $2`,
);

/** @param after the last account of the page before */
export type PlaceInAccounts = { after: string | null; limit: number };

/** All accounts, the eldest first. */
export function accountsPage(tx: Tx, { after, limit }: PlaceInAccounts): Promise<Account[]> {
  return tx.rows<Account>(PAGE, [after, limit]);
}

/** Accounts with a text in their username, e-mail address or name, the eldest first. */
export function searchAccounts(tx: Tx, query: string, { after, limit }: PlaceInAccounts): Promise<Account[]> {
  return tx.rows<Account>(SEARCH, [after, limit, query]);
}
