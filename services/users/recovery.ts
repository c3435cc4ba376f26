import type { Clock } from '../../platform/clock.ts';
import type { Database, Tx } from '../../platform/postgres/database.ts';
import type { LoginThrottle } from './domain/login-throttle.ts';
import { publishMail, publishUpdated } from './domain-events.ts';
import { mailTokenHash, sendMailToken } from './mail-token.ts';
import type { Passwords } from './passwords.ts';
import type { Sessions } from './sessions.ts';
import { accountForLogin, lockAccount, updateAccount, updatePassword, type AccountWithPassword } from './store/accounts.ts';
import {
  deleteMailTokens,
  mailTokenOwner,
  requestPasswordReset,
  takeMailToken,
  takePasswordResetRequest,
  type MailPurpose,
} from './store/mail-tokens.ts';

export type Proven = { ok: true } | { ok: false; code: 'MAIL_TOKEN_INVALID' };

/** What an e-mail address proves: that somebody may choose a new password, and that the address is theirs. */
export type Recovery = {
  /** Only notes what is asked, so it takes the same time whether there is such an account or not. */
  forgot(email: string, traceparent: string): Promise<void>;
  /** Sends what was asked for. @returns false when nothing (more) waits */
  answerOneRequest(): Promise<boolean>;
  /**
   * A new password; every session ends, and the address of the caller is known to be the owner's.
   *
   * @throws ApiError `OVERLOADED` when too many passwords wait to be hashed; the token is still good then
   */
  reset(token: string, password: string, address: string, traceparent: string): Promise<Proven>;
  sendVerification(userId: string, traceparent: string): Promise<void>;
  verifyEmail(token: string, traceparent: string): Promise<Proven>;
};

const INVALID = { ok: false, code: 'MAIL_TOKEN_INVALID' } as const;

export function createRecovery(parts: {
  database: Database;
  clock: Clock;
  passwords: Passwords;
  sessions: Pick<Sessions, 'endAll' | 'afterEnd'>;
  throttle: Pick<LoginThrottle, 'succeeded'>;
  wakeRelay: () => void;
}): Recovery {
  const { database, clock, passwords, sessions, throttle, wakeRelay } = parts;

  async function answerOneRequest(): Promise<boolean> {
    const answered = await database.transaction(async (tx) => {
      const request = await takePasswordResetRequest(tx);
      if (request === null) return false;
      const seen = await accountForLogin(tx, { email: request.email });
      const account = seen === null ? null : await lockAccount(tx, seen.userId);
      // Its address may have changed before the lock was had.
      if (account?.accountStatus === 'ACTIVE' && account.email.toLowerCase() === request.email)
        await sendMailToken(tx, account, 'PASSWORD_RESET', clock.now(), request.traceparent);
      return true;
    });
    if (answered) wakeRelay();
    return answered;
  }

  /** Uses a token up under the lock of its account. A token that was sent to an address the account no longer has is void. */
  async function taking(
    token: string,
    purpose: MailPurpose,
    work: (tx: Tx, account: AccountWithPassword, now: Date) => Promise<void>,
  ): Promise<{ userId: string } | null> {
    const tokenHash = mailTokenHash(token);
    return database.transaction(async (tx) => {
      const now = clock.now();
      const owner = await mailTokenOwner(tx, tokenHash, purpose, now);
      const account = owner === null ? null : await lockAccount(tx, owner);
      const email = account === null ? null : await takeMailToken(tx, tokenHash, purpose, now);
      if (account === null || email?.toLowerCase() !== account.email.toLowerCase()) return null;
      await work(tx, account, now);
      return { userId: account.userId };
    });
  }

  async function reset(token: string, password: string, address: string, traceparent: string): Promise<Proven> {
    // Hashing is costly, and not for everybody who makes up a token.
    const good = await mailTokenOwner(database, mailTokenHash(token), 'PASSWORD_RESET', clock.now());
    if (good === null) return INVALID;
    const passwordHash = await passwords.hash(password);
    const ended: Parameters<Sessions['afterEnd']>[0][number][] = [];
    const taken = await taking(token, 'PASSWORD_RESET', async (tx, account, now) => {
      const { userId, email, firstName } = account;
      await updatePassword(tx, userId, passwordHash, now);
      if (!account.emailVerified) await updateAccount(tx, { ...account, emailVerified: true }, now);
      await deleteMailTokens(tx, userId, 'PASSWORD_RESET');
      ended.push(...(await sessions.endAll(tx, userId, 'PASSWORD_RESET', traceparent)));
      const mail = { userId, recipient: email, template: 'password-changed', variables: { firstName } } as const;
      await publishMail(tx, mail, now, traceparent);
    });
    if (taken === null) return INVALID;
    throttle.succeeded(taken.userId, address, clock.now().getTime());
    sessions.afterEnd(ended);
    wakeRelay();
    return { ok: true };
  }

  async function verifyEmail(token: string, traceparent: string): Promise<Proven> {
    const taken = await taking(token, 'EMAIL_VERIFICATION', async (tx, account, now) => {
      const verified = { ...account, emailVerified: true };
      await updateAccount(tx, verified, now);
      await deleteMailTokens(tx, account.userId, 'EMAIL_VERIFICATION');
      await publishUpdated(tx, verified, now, traceparent);
    });
    if (taken !== null) wakeRelay();
    return taken === null ? INVALID : { ok: true };
  }

  async function sendVerification(userId: string, traceparent: string): Promise<void> {
    await database.transaction(async (tx) => {
      const account = await lockAccount(tx, userId);
      if (account !== null && !account.emailVerified)
        await sendMailToken(tx, account, 'EMAIL_VERIFICATION', clock.now(), traceparent);
    });
    wakeRelay();
  }

  return {
    forgot: (email, traceparent) => requestPasswordReset(database, email, traceparent, clock.now()),
    answerOneRequest,
    reset,
    sendVerification,
    verifyEmail,
  };
}
