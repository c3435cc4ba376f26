import type { User } from '../../../../contracts/http/users.ts';
import type { ExternalStore } from '../../shared/external-store.ts';

export type Session = { user: User; accessToken: string };

/** Why somebody who was signed in no longer is, where they did not do it themselves in this tab. */
export type SignedOutBecause = 'ENDED' | 'ELSEWHERE';

/** `starting`: there may be a session, the server is asked. `away`: it could not be asked. */
export type SessionState =
  { phase: 'starting' | 'away' } | { phase: 'in'; session: Session } | { phase: 'out'; because: SignedOutBecause | null };

export function personOf(state: SessionState): string | null {
  return state.phase === 'in' ? state.session.user.userId : null;
}

/** Calls when somebody else is signed in, or nobody; not for new tokens of the same person. */
export function onPersonChange(state: ExternalStore<SessionState>, listener: () => void): () => void {
  let last = personOf(state.get());
  return state.subscribe(() => {
    const now = personOf(state.get());
    if (now === last || state.get().phase === 'starting') return;
    last = now;
    listener();
  });
}

/** Resolves when it is known whether somebody is signed in, or that it cannot be known now. */
export function settled(state: ExternalStore<SessionState>): Promise<void> {
  if (state.get().phase !== 'starting') return Promise.resolve();
  return new Promise((resolve) => {
    const stop = state.subscribe(() => {
      if (state.get().phase === 'starting') return;
      stop();
      resolve();
    });
  });
}
