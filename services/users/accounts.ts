import type { DemoAccountsBody, LoginBody, RegisterBody } from '../../contracts/http/users.ts';
import { newId } from '../../contracts/ids.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Database } from '../../platform/postgres/database.ts';
import { isUniqueViolation } from '../../platform/postgres/errors.ts';
import { decideSignIn, registered, type Account } from './domain/account.ts';
import { publishLoggedIn, publishRegistered, publishUpdated } from './domain-events.ts';
import type { Passwords } from './passwords.ts';
import { newRefreshToken, refreshTokenHash } from './refresh-token.ts';
import {
  accountById,
  accountForLogin,
  EMAIL_KEY,
  insertAccount,
  lockAccount,
  upsertDemoAccount,
  USERNAME_KEY,
} from './store/accounts.ts';
import { insertSession } from './store/sessions.ts';

/** How long a session lasts without being renewed. */
export const SESSION_TTL_MS = 30 * 24 * 3600 * 1000;

export type Taken = { ok: false; code: 'USERNAME_TAKEN' | 'EMAIL_TAKEN' };
export type Registration = { ok: true; account: Account } | Taken;
export type SignIn =
  | { ok: true; account: Account; sessionId: string; refreshToken: string }
  | { ok: false; code: 'INVALID_CREDENTIALS' | 'ACCOUNT_BLOCKED' };
export type DemoAccounts = { ok: true; accounts: { userId: string; username: string; created: boolean }[] } | Taken;

export type Accounts = {
  /** @throws ApiError `OVERLOADED` when too many passwords wait to be hashed */
  register(body: RegisterBody, traceparent: string): Promise<Registration>;
  /** @throws ApiError `OVERLOADED` when too many passwords wait to be compared */
  signIn(name: { username: string } | { email: string }, password: LoginBody['password'], traceparent: string): Promise<SignIn>;
  find(userId: string): Promise<Account | null>;
  /** Makes the demo's accounts, or brings those whose username is there to what is asked. */
  putDemoAccounts(body: DemoAccountsBody, traceparent: string): Promise<DemoAccounts>;
};

export function createAccounts(parts: {
  database: Database;
  passwords: Passwords;
  clock: Clock;
  wakeRelay: () => void;
}): Accounts {
  const { database, passwords, clock, wakeRelay } = parts;

  async function register(body: RegisterBody, traceparent: string): Promise<Registration> {
    const { password, ...profile } = body;
    const passwordHash = await passwords.hash(password);
    const account = registered({ ...profile, userId: newId('user'), createdAt: clock.now() });
    const taken = await refusingTaken(() =>
      database.transaction(async (tx) => {
        await insertAccount(tx, account, passwordHash);
        await publishRegistered(tx, account, traceparent);
      }),
    );
    if (taken !== null) return taken;
    wakeRelay();
    return { ok: true, account };
  }

  async function signIn(name: { username: string } | { email: string }, password: string, traceparent: string): Promise<SignIn> {
    const found = await accountForLogin(database, name);
    const matches = await passwords.matches(password, found?.passwordHash ?? null);
    const decision = decideSignIn(found?.accountStatus ?? null, matches);
    if (!decision.ok || found === null) return decision.ok ? { ok: false, code: 'INVALID_CREDENTIALS' } : decision;
    return openSession(found.userId, traceparent);
  }

  /** Looks at the account again under its lock: it may have been blocked while its password was being compared. */
  async function openSession(userId: string, traceparent: string): Promise<SignIn> {
    const refreshToken = newRefreshToken();
    const sessionId = newId('session');
    const signedIn = await database.transaction(async (tx): Promise<SignIn> => {
      const account = await lockAccount(tx, userId);
      const decision = decideSignIn(account?.accountStatus ?? null, true);
      if (!decision.ok) return decision;
      if (account === null) return { ok: false, code: 'INVALID_CREDENTIALS' };
      const createdAt = clock.now();
      const expiresAt = new Date(createdAt.getTime() + SESSION_TTL_MS);
      await insertSession(tx, { sessionId, userId, refreshTokenHash: refreshTokenHash(refreshToken), createdAt, expiresAt });
      await publishLoggedIn(tx, { userId, sessionId, at: createdAt }, traceparent);
      return { ok: true, account, sessionId, refreshToken };
    });
    if (signedIn.ok) wakeRelay();
    return signedIn;
  }

  async function putDemoAccounts(body: DemoAccountsBody, traceparent: string): Promise<DemoAccounts> {
    const accounts: { userId: string; username: string; created: boolean }[] = [];
    for (const { password, roles, membership, ...profile } of body.accounts) {
      const passwordHash = await passwords.hash(password);
      const wanted: Account = { ...registered({ ...profile, userId: newId('user'), createdAt: clock.now() }), roles, membership };
      const taken = await refusingTaken(() =>
        database.transaction(async (tx) => {
          const account = await upsertDemoAccount(tx, wanted, passwordHash);
          const created = account.userId === wanted.userId;
          if (created) await publishRegistered(tx, account, traceparent);
          await publishUpdated(tx, account, clock.now(), traceparent);
          accounts.push({ userId: account.userId, username: account.username, created });
        }),
      );
      if (taken !== null) return taken;
    }
    wakeRelay();
    return { ok: true, accounts };
  }

  return { register, signIn, find: (userId) => accountById(database, userId), putDemoAccounts };
}

/** Runs a write of an account; what the unique indexes refuse becomes an answer. They decide, so a race has one winner. */
async function refusingTaken(write: () => Promise<void>): Promise<Taken | null> {
  try {
    await write();
    return null;
  } catch (error) {
    if (isUniqueViolation(error, USERNAME_KEY)) return { ok: false, code: 'USERNAME_TAKEN' };
    if (isUniqueViolation(error, EMAIL_KEY)) return { ok: false, code: 'EMAIL_TAKEN' };
    throw error;
  }
}
