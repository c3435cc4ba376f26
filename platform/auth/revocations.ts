import { systemClock, type Clock } from '../clock.ts';
import type { UserIdentity } from './identity.ts';

/**
 * Access tokens that were signed and no longer count, although their time is not over: those of sessions that ended, and those
 * with roles that a user no longer has. One list per process, asked on every request: two look-ups in memory. It holds only what
 * has tokens that have not expired, so its size is bounded by the changes of one token lifetime.
 */
export type Revocations = {
  /** @param until when the last access token of the session expires; nothing needs to be known of it afterwards */
  endSession(sessionId: string, until: Date): void;
  /** Tokens of the user that carry an older version of the roles are to be exchanged for new ones. */
  outdateRoles(userId: string, rolesVersion: number, until: Date): void;
  /** Null for a user whose token counts. An outdated token is refused as an expired one is: the client gets a new one by itself. */
  refusalOf(user: UserIdentity): 'UNAUTHENTICATED' | 'TOKEN_EXPIRED' | null;
  /** Runs after every change, e.g. to look at streams that are open. It must be cheap and must not throw. */
  onChange(listener: () => void): void;
  readonly size: number;
};

/** Below this many entries there is no looking for those whose time is over. */
const FIRST_SWEEP_AT = 1_000;

export function createRevocations(clock: Clock = systemClock): Revocations {
  const sessions = new Map<string, number>();
  const roles = new Map<string, { rolesVersion: number; untilMs: number }>();
  const listeners: (() => void)[] = [];
  let sweepAt = FIRST_SWEEP_AT;

  /** Every so many additions, so that the list is never longer than twice what it has to hold. */
  function changed(): void {
    if (sessions.size + roles.size >= sweepAt) {
      const nowMs = clock.now().getTime();
      for (const [sessionId, untilMs] of sessions) if (untilMs <= nowMs) sessions.delete(sessionId);
      for (const [userId, { untilMs }] of roles) if (untilMs <= nowMs) roles.delete(userId);
      sweepAt = Math.max(FIRST_SWEEP_AT, 2 * (sessions.size + roles.size));
    }
    for (const listener of listeners) listener();
  }

  return {
    endSession: (sessionId, until) => {
      sessions.set(sessionId, until.getTime());
      changed();
    },
    outdateRoles: (userId, rolesVersion, until) => {
      const known = roles.get(userId);
      // Versions may be told out of order: in this process at once, by the event log a moment later.
      if (known !== undefined && known.rolesVersion >= rolesVersion) return;
      roles.set(userId, { rolesVersion, untilMs: Math.max(until.getTime(), known?.untilMs ?? 0) });
      changed();
    },
    refusalOf: ({ userId, sessionId, rolesVersion = 0 }) => {
      if (sessions.has(sessionId)) return 'UNAUTHENTICATED';
      const current = roles.size === 0 ? undefined : roles.get(userId);
      return current !== undefined && rolesVersion < current.rolesVersion ? 'TOKEN_EXPIRED' : null;
    },
    onChange: (listener) => void listeners.push(listener),
    get size() {
      return sessions.size + roles.size;
    },
  };
}
