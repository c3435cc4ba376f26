import { send } from '../../../shared/api/client.ts';

/** Ends the session on the server, so that its tokens stop working. */
export async function logOut(): Promise<void> {
  await send('/v1/users/logout', { method: 'POST' });
}
