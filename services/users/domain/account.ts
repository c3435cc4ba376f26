import type { AccountStatus, Membership, UserRole } from '../../../contracts/http/users.ts';

/** A person's account, without its password. */
export type Account = {
  userId: string;
  username: string;
  email: string;
  firstName: string;
  lastName: string;
  phoneNumber: string | null;
  roles: UserRole[];
  membership: Membership;
  accountStatus: AccountStatus;
  createdAt: Date;
};

export type NewAccount = Pick<Account, 'userId' | 'username' | 'email' | 'firstName' | 'lastName' | 'createdAt'> & {
  phoneNumber?: string;
};

/** What everybody starts as; only an admin makes more of it. */
export function registered(account: NewAccount): Account {
  return {
    ...account,
    phoneNumber: account.phoneNumber ?? null,
    roles: ['customer'],
    membership: 'REGULAR',
    accountStatus: 'ACTIVE',
  };
}

export type SignInDecision = { ok: true } | { ok: false; code: 'INVALID_CREDENTIALS' | 'ACCOUNT_BLOCKED' };

/** An account's status is told only to who knows its password; to all others every failure looks the same. */
export function decideSignIn(accountStatus: AccountStatus | null, passwordMatches: boolean): SignInDecision {
  if (accountStatus === null || !passwordMatches) return { ok: false, code: 'INVALID_CREDENTIALS' };
  if (accountStatus !== 'ACTIVE') return { ok: false, code: 'ACCOUNT_BLOCKED' };
  return { ok: true };
}
