import type { LoginAnswer, User } from '../../../../contracts/http/users.ts';
import { problemCode } from '../../shared/api/problem.ts';
import { untilKnown } from '../../shared/api/until-known.ts';
import { createExternalStore } from '../../shared/external-store.ts';
import { ENDING, type SessionHint } from './session-hint.ts';
import { personOf, type Session, type SessionState } from './session-state.ts';

type Parts = {
  refresh: () => Promise<LoginAnswer>;
  logOut: (accessToken: string | null) => Promise<void>;
  /** Runs one such work at a time, over all tabs. */
  exclusively: <T>(work: () => Promise<T>) => Promise<T>;
  hint: SessionHint;
};

const REFUSALS: ReadonlySet<string | null> = new Set([
  'REFRESH_TOKEN_INVALID',
  'ACCOUNT_BLOCKED',
  'UNAUTHENTICATED',
  // No cookie came along: it has expired.
  'VALIDATION_FAILED',
]);
const LONGEST_LEAD_MS = 60_000;
const LONGEST_TIMER_MS = 2 ** 31 - 1;
const EARLY_RETRY_MS = 5_000;
const EARLY_ATTEMPTS = 3;

/** When to refresh a token: in its last minute (or quarter), not in every tab at the same moment. */
export function refreshDelayMs(expiresInSeconds: number, random: number): number {
  const wholeMs = expiresInSeconds * 1000;
  const leadMs = Math.min(LONGEST_LEAD_MS, wholeMs / 4);
  return Math.min(LONGEST_TIMER_MS, wholeMs - leadMs * (0.5 + random / 2));
}

/** Begins, renews and ends the session of this tab, and follows what other tabs do. The access token is in memory only. */
export function createSessionKeeper({ refresh, logOut, exclusively, hint }: Parts) {
  const state = createExternalStore<SessionState>(nothing(hint.read()));
  let timer: ReturnType<typeof setTimeout> | undefined;
  let renewing: Promise<void> | null = null;
  /** Grows with every sign-in and sign-out: an answer to what was asked before no longer counts. */
  let epoch = 0;

  function nothing(known: string | null): SessionState {
    return known === null || known === ENDING ? { phase: 'out', because: null } : { phase: 'starting' };
  }

  function turnTo(next: SessionState): void {
    epoch += 1;
    renewing = null;
    clearTimeout(timer);
    state.set(next);
  }

  function keep({ user, accessToken, expiresIn }: LoginAnswer): void {
    hint.write(user.userId);
    state.set({ phase: 'in', session: { user, accessToken } });
    renewEarly(refreshDelayMs(expiresIn, Math.random()), EARLY_ATTEMPTS);
  }

  /** Early is a convenience: when it fails, the first answer that the token has expired asks again. */
  function renewEarly(delayMs: number, attempts: number): void {
    clearTimeout(timer);
    const again = (): void => {
      if (attempts > 1) renewEarly(EARLY_RETRY_MS, attempts - 1);
    };
    timer = setTimeout(() => {
      renew().catch(again);
    }, delayMs);
  }

  /** Whether another tab has signed out: its message may still be on the way. */
  function isOver(): boolean {
    const known = hint.read();
    return known === ENDING || (known === null && state.get().phase !== 'in');
  }

  function endedElsewhere(): void {
    turnTo({ phase: 'out', because: state.get().phase === 'in' ? 'ELSEWHERE' : null });
  }

  /** Runs under the lock to its last line: what it writes of the session must not be older than what another tab wrote. */
  async function refreshOnce(began: number): Promise<void> {
    if (epoch !== began) return;
    if (isOver()) return endedElsewhere();
    try {
      const answer = await refresh();
      if (epoch !== began) return;
      if (isOver()) endedElsewhere();
      else keep(answer);
    } catch (error) {
      if (!REFUSALS.has(problemCode(error))) throw error;
      if (epoch !== began) return;
      hint.write(null);
      turnTo({ phase: 'out', because: 'ENDED' });
    }
  }

  /** Refreshes, once for all who ask meanwhile. Rejects when the server could not be asked; a refusal signs out. */
  function renew(): Promise<void> {
    if (renewing !== null) return renewing;
    const began = epoch;
    const mine = exclusively(() => refreshOnce(began)).finally(() => {
      if (renewing === mine) renewing = null;
    });
    renewing = mine;
    return mine;
  }

  async function start(): Promise<void> {
    if (hint.read() === ENDING) return endOnServer(null);
    const { phase } = state.get();
    if (phase === 'in' || phase === 'out') return;
    state.set({ phase: 'starting' });
    const began = epoch;
    await untilKnown(renew).catch(() => {
      if (epoch === began) state.set({ phase: 'away' });
    });
  }

  function endOnServer(accessToken: string | null): Promise<void> {
    return exclusively(async () => {
      // Somebody has signed in since, and the cookie is theirs.
      if (hint.read() !== ENDING) return;
      await untilKnown(() => logOut(accessToken));
      if (hint.read() === ENDING) hint.write(null);
    });
  }

  hint.onChange((known) => {
    const now = state.get();
    if (known === null || known === ENDING) {
      if (now.phase !== 'out') endedElsewhere();
    } else if (personOf(now) !== known) {
      turnTo({ phase: 'starting' });
      start().catch(() => undefined);
    }
  });

  return {
    state,
    start,
    async signIn(logIn: () => Promise<LoginAnswer>): Promise<void> {
      // The answer to a sign-out before would take the new cookie along.
      await exclusively(async () => {
        const answer = await logIn();
        turnTo({ phase: 'starting' });
        keep(answer);
      });
    },
    /** Signs out here at once, and on the server as soon as it can be reached, at the latest when the app is opened again. */
    signOut(): Promise<void> {
      const now = state.get();
      hint.write(ENDING);
      turnTo({ phase: 'out', because: null });
      return endOnServer(now.phase === 'in' ? now.session.accessToken : null);
    },
    /** After a rejected token: whether the same request may be sent again, by the same person with another token. */
    async renewFor(rejected: Pick<Session, 'accessToken'> & { user: Pick<User, 'userId'> }): Promise<boolean> {
      const now = state.get();
      if (now.phase === 'in' && now.session === rejected) await renew();
      const next = state.get();
      return next.phase === 'in' && next.session.user.userId === rejected.user.userId && next.session !== rejected;
    },
  };
}
