import type { LoginAnswer, User } from '../../../../contracts/http/users.ts';
import { signRequestsWith } from '../../shared/api/client.ts';
import { createExternalStore, useStore } from '../../shared/external-store.ts';

export type Session = { user: User; accessToken: string };

/** The signed-in visitor of this tab. Only in memory: a reload signs out, and no script of another page finds a token. */
const session = createExternalStore<Session | null>(null);

export function startSession({ user, accessToken }: LoginAnswer): void {
  session.set({ user, accessToken });
}

export function endSession(): void {
  session.set(null);
}

export function useSession(): Session | null {
  return useStore(session);
}

export function currentUser(): User | null {
  return session.get()?.user ?? null;
}

export const onSessionChange = session.subscribe;

signRequestsWith({ token: () => session.get()?.accessToken ?? null, onRejected: endSession });
