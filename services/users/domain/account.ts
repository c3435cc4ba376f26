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
  /** Counts the changes of `roles`. */
  rolesVersion: number;
  emailVerified: boolean;
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
    rolesVersion: 0,
    emailVerified: false,
  };
}

export type SignInDecision = { ok: true } | { ok: false; code: 'INVALID_CREDENTIALS' | 'ACCOUNT_BLOCKED' };

/** An account's status is told only to who knows its password; to all others every failure looks the same. */
export function decideSignIn(accountStatus: AccountStatus | null, passwordMatches: boolean): SignInDecision {
  if (accountStatus === null || !passwordMatches) return { ok: false, code: 'INVALID_CREDENTIALS' };
  if (accountStatus !== 'ACTIVE') return { ok: false, code: 'ACCOUNT_BLOCKED' };
  return { ok: true };
}

/** What somebody wants to have changed of an account; what is absent stays. A phone number of null is removed. */
export type ProfileChange = {
  username?: string;
  email?: string;
  firstName?: string;
  lastName?: string;
  phoneNumber?: string | null;
};

/** Another address has to be proven again; one that differs in case only is the same. */
export function changedProfile(account: Account, change: ProfileChange): Account {
  const email = change.email ?? account.email;
  const sameAddress = email.toLowerCase() === account.email.toLowerCase();
  return { ...account, ...change, emailVerified: account.emailVerified && sameAddress };
}

/** The same roles in another order change nothing, so nobody's tokens are outdated by them. */
export function withRoles(account: Account, roles: readonly UserRole[]): Account {
  const same = roles.length === account.roles.length && roles.every((role) => account.roles.includes(role));
  return same ? account : { ...account, roles: [...roles], rolesVersion: account.rolesVersion + 1 };
}

/** What is left of a deleted account: its id, which orders and payments refer to, and names that say nothing. */
export function anonymized(account: Account): Account {
  return {
    ...account,
    username: account.userId,
    email: `${account.userId}@deleted.invalid`,
    firstName: 'Deleted',
    lastName: 'account',
    phoneNumber: null,
    roles: ['customer'],
    rolesVersion: account.rolesVersion + 1,
    accountStatus: 'INACTIVE',
    emailVerified: false,
  };
}
