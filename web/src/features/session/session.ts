import type { User } from '../../../../contracts/http/users.ts';
import { signRequestsWith } from '../../shared/api/client.ts';
import { useStore } from '../../shared/external-store.ts';
import { logIn } from './api/log-in.ts';
import { logOut } from './api/log-out.ts';
import { refresh } from './api/refresh.ts';
import { exclusively } from './exclusively.ts';
import { browserHint } from './session-hint.ts';
import { createSessionKeeper } from './session-keeper.ts';
import { onPersonChange as onPersonChangeOf, settled, type Session, type SessionState } from './session-state.ts';

const keeper = createSessionKeeper({ refresh, logOut, exclusively, hint: browserHint() });

function current(): Session | null {
  const state = keeper.state.get();
  return state.phase === 'in' ? state.session : null;
}

/** Takes up the session of before the reload, or of another tab; again after the server could not be asked. No page waits for it. */
export function startSession(): void {
  keeper.start().catch(() => undefined);
}

export function signIn(name: string, password: string): Promise<void> {
  return keeper.signIn(() => logIn(name, password));
}

export function signOut(): void {
  // What the server was not told now, it is told at the next start.
  keeper.signOut().catch(() => undefined);
}

export function useSessionState(): SessionState {
  return useStore(keeper.state);
}

export function currentUser(): User | null {
  return current()?.user ?? null;
}

/** Calls when somebody else is signed in, or nobody. */
export function onPersonChange(listener: () => void): () => void {
  return onPersonChangeOf(keeper.state, listener);
}

/** Resolves when it is known whether somebody is signed in, or that it cannot be known now. */
export function sessionSettled(): Promise<void> {
  return settled(keeper.state);
}

signRequestsWith({ current, renew: keeper.renewFor, onChange: onPersonChange, settled: sessionSettled });
