import type { AccountStatus, UserRole } from '../../contracts/http/users.ts';
import type { Revocations } from '../../platform/auth/revocations.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Database, Tx } from '../../platform/postgres/database.ts';
import { anonymized, changedProfile, withRoles, type Account, type ProfileChange } from './domain/account.ts';
import { publishMail, publishUpdated } from './domain-events.ts';
import { sendMailToken } from './mail-token.ts';
import type { Sessions } from './sessions.ts';
import { accountsPage, searchAccounts, type PlaceInAccounts } from './store/account-lists.ts';
import { lockAccount, markDeleted, updateAccount } from './store/accounts.ts';
import { deleteMailTokens } from './store/mail-tokens.ts';
import { insertRevocations } from './store/revocations.ts';
import { accessTokensUntil, type EndedSession } from './store/sessions.ts';
import { refusingTaken, type Taken } from './taken.ts';

export type Changed = { ok: true; account: Account } | Taken | { ok: false; code: 'USER_NOT_FOUND' };

/** Changes of accounts that are there. Whether somebody may make them is asked before. */
export type Profiles = {
  update(userId: string, change: ProfileChange, traceparent: string): Promise<Changed>;
  /** Ends every session unless the account becomes active. */
  setStatus(userId: string, accountStatus: AccountStatus, traceparent: string): Promise<Changed>;
  /** Sessions go on; their access tokens are outdated at once and exchanged for ones with the new roles. */
  setRoles(userId: string, roles: readonly UserRole[], traceparent: string): Promise<Changed>;
  /** What must be kept says no longer whose it was; sessions end. */
  remove(userId: string, traceparent: string): Promise<Changed>;
  page(place: PlaceInAccounts): Promise<Account[]>;
  search(query: string, place: PlaceInAccounts): Promise<Account[]>;
};

/** What a change came to: sessions that it ended, and until when tokens with former roles exist. */
type Done = { account: Account; ended?: EndedSession[]; outdatedUntil?: Date | null };

const NOT_FOUND = { ok: false, code: 'USER_NOT_FOUND' } as const;

export function createProfiles(parts: {
  database: Database;
  clock: Clock;
  sessions: Pick<Sessions, 'endAll' | 'afterEnd'>;
  revocations: Pick<Revocations, 'outdateRoles'>;
  wakeRelay: () => void;
}): Profiles {
  const { database, clock, sessions, revocations, wakeRelay } = parts;

  /** Runs a change under the account's lock and, when it has committed, tells this process what no longer counts. */
  async function changing(userId: string, work: (tx: Tx, account: Account, now: Date) => Promise<Done>): Promise<Changed> {
    const done = await refusingTaken(() =>
      database.transaction(async (tx) => {
        const account = await lockAccount(tx, userId);
        return account === null ? null : work(tx, account, clock.now());
      }),
    );
    if (done === null) return NOT_FOUND;
    if ('code' in done) return done;
    const { account, ended = [], outdatedUntil = null } = done;
    sessions.afterEnd(ended);
    if (outdatedUntil !== null) revocations.outdateRoles(userId, account.rolesVersion, outdatedUntil);
    wakeRelay();
    return { ok: true, account };
  }

  const update: Profiles['update'] = (userId, change, traceparent) =>
    changing(userId, async (tx, before, now) => {
      const account = changedProfile(before, change);
      await updateAccount(tx, account, now);
      await publishUpdated(tx, account, now, traceparent);
      if (account.email.toLowerCase() !== before.email.toLowerCase()) {
        // Tokens that were sent to the former address are void; its owner is told, in case it was not them.
        await deleteMailTokens(tx, userId, null);
        await sendMailToken(tx, account, 'EMAIL_VERIFICATION', now, traceparent);
        const variables = { firstName: before.firstName };
        await publishMail(tx, { userId, recipient: before.email, template: 'email-changed', variables }, now, traceparent);
      }
      return { account };
    });

  const setStatus: Profiles['setStatus'] = (userId, accountStatus, traceparent) =>
    changing(userId, async (tx, before, now) => {
      const account = { ...before, accountStatus };
      await updateAccount(tx, account, now);
      await publishUpdated(tx, account, now, traceparent);
      if (accountStatus === 'ACTIVE') return { account };
      return { account, ended: await sessions.endAll(tx, userId, 'ACCOUNT_BLOCKED', traceparent) };
    });

  const setRoles: Profiles['setRoles'] = (userId, roles, traceparent) =>
    changing(userId, async (tx, before, now) => {
      const account = withRoles(before, roles);
      if (account === before) return { account };
      const until = await accessTokensUntil(tx, userId);
      await updateAccount(tx, account, now);
      if (until !== null) await insertRevocations(tx, [{ subject: userId, rolesVersion: account.rolesVersion, until }]);
      await publishUpdated(tx, account, now, traceparent, until === null ? {} : { tokensExpireAt: until.toISOString() });
      return { account, outdatedUntil: until };
    });

  const remove: Profiles['remove'] = (userId, traceparent) =>
    changing(userId, async (tx, before, now) => {
      const account = anonymized(before);
      await updateAccount(tx, account, now);
      await markDeleted(tx, userId, now);
      await deleteMailTokens(tx, userId, null);
      const ended = await sessions.endAll(tx, userId, 'ACCOUNT_DELETED', traceparent);
      await publishUpdated(tx, account, now, traceparent, { deletedAt: now.toISOString() });
      return { account, ended };
    });

  return {
    update,
    setStatus,
    setRoles,
    remove,
    page: (place) => accountsPage(database, place),
    search: (query, place) => searchAccounts(database, query, place),
  };
}
