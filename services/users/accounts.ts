import type { DemoAccountsBody, LoginBody, RegisterBody } from '../../contracts/http/users.ts';
import { newId } from '../../contracts/ids.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Database } from '../../platform/postgres/database.ts';
import { decideSignIn, registered, type Account } from './domain/account.ts';
import type { LoginThrottle } from './domain/login-throttle.ts';
import { publishRegistered, publishUpdated } from './domain-events.ts';
import { sendMailToken } from './mail-token.ts';
import type { Passwords } from './passwords.ts';
import type { Sessions, SignedIn } from './sessions.ts';
import { accountById, accountForLogin, insertAccount, lockAccount, upsertDemoAccount } from './store/accounts.ts';
import { refusingTaken, type Taken } from './taken.ts';

export type Registration = { ok: true; account: Account } | Taken;
export type SignIn =
  SignedIn | { ok: false; code: 'INVALID_CREDENTIALS' | 'ACCOUNT_BLOCKED' } | { ok: false; code: 'RATE_LIMITED'; waitMs: number };
export type DemoAccounts = { ok: true; accounts: { userId: string; username: string; created: boolean }[] } | Taken;
export type LoginName = { username: string } | { email: string };

/** Where a login comes from. `address` is what counts as one sender. */
export type Origin = { address: string; userAgent: string | undefined };

export type Accounts = {
  /** @throws ApiError `OVERLOADED` when too many passwords wait to be hashed */
  register(body: RegisterBody, traceparent: string): Promise<Registration>;
  /** @throws ApiError `OVERLOADED` when too many passwords wait to be compared */
  signIn(name: LoginName, password: LoginBody['password'], origin: Origin, traceparent: string): Promise<SignIn>;
  find(userId: string): Promise<Account | null>;
  /** Makes the demo's accounts, or brings those whose username is there to what is asked. */
  putDemoAccounts(body: DemoAccountsBody, traceparent: string): Promise<DemoAccounts>;
};

export function createAccounts(parts: {
  database: Database;
  passwords: Passwords;
  sessions: Pick<Sessions, 'open'>;
  throttle: LoginThrottle;
  clock: Clock;
  wakeRelay: () => void;
}): Accounts {
  const { database, passwords, sessions, throttle, clock, wakeRelay } = parts;

  async function register(body: RegisterBody, traceparent: string): Promise<Registration> {
    const { password, ...profile } = body;
    const passwordHash = await passwords.hash(password);
    const account = registered({ ...profile, userId: newId('user'), createdAt: clock.now() });
    const taken = await refusingTaken(() =>
      database.transaction(async (tx) => {
        await insertAccount(tx, account, passwordHash);
        await publishRegistered(tx, account, traceparent);
        await sendMailToken(tx, account, 'EMAIL_VERIFICATION', account.createdAt, traceparent);
        return null;
      }),
    );
    if (taken !== null) return taken;
    wakeRelay();
    return { ok: true, account };
  }

  async function signIn(name: LoginName, password: string, origin: Origin, traceparent: string): Promise<SignIn> {
    const found = await accountForLogin(database, name);
    const who = found?.userId ?? `?${'username' in name ? name.username : name.email}`.toLowerCase();
    const waitMs = throttle.take(who, origin.address, clock.now().getTime());
    if (waitMs > 0) return { ok: false, code: 'RATE_LIMITED', waitMs };
    const matches = await comparing(who, origin.address, () => passwords.matches(password, found?.passwordHash ?? null));
    if (matches) throttle.succeeded(who, origin.address, clock.now().getTime());
    const decision = decideSignIn(found?.accountStatus ?? null, matches);
    if (!decision.ok) return decision;
    if (found === null) return { ok: false, code: 'INVALID_CREDENTIALS' };
    return openSession(found, origin.userAgent, traceparent);
  }

  /** A comparison that did not come about, because too many wait, is no failed attempt. */
  async function comparing(who: string, address: string, compare: () => Promise<boolean>): Promise<boolean> {
    try {
      return await compare();
    } catch (error) {
      throttle.undo(who, address, clock.now().getTime());
      throw error;
    }
  }

  /** Looks at the account again under its lock: it may have been blocked or got another password meanwhile. */
  async function openSession(
    seen: { userId: string; passwordHash: string },
    userAgent: string | undefined,
    traceparent: string,
  ): Promise<SignIn> {
    const signedIn = await database.transaction(async (tx): Promise<SignIn> => {
      const account = await lockAccount(tx, seen.userId);
      const decision = decideSignIn(account?.accountStatus ?? null, account?.passwordHash === seen.passwordHash);
      if (!decision.ok) return decision;
      if (account === null) return { ok: false, code: 'INVALID_CREDENTIALS' };
      return sessions.open(tx, account, userAgent, traceparent);
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
          return null;
        }),
      );
      if (taken !== null) return taken;
    }
    wakeRelay();
    return { ok: true, accounts };
  }

  return { register, signIn, find: (userId) => accountById(database, userId), putDemoAccounts };
}
