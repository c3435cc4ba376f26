import { refreshHold } from '../features/hold/hold.ts';
import { currentUser, onPersonChange, startSession } from '../features/session/session.ts';
import { queryClient } from './query-client.ts';

/** Queries whose answers belong to one person. */
const PRIVATE_QUERIES = ['orders', 'tickets'];

/** Who is signed in changed: forget what the one before has read, and ask what became of the hold that this tab remembers. */
onPersonChange(() => {
  for (const key of PRIVATE_QUERIES) queryClient.removeQueries({ queryKey: [key] });
  const user = currentUser();
  if (user !== null) refreshHold(user.userId).catch(() => undefined);
});

startSession();
// Where the server could not be asked before.
window.addEventListener('online', startSession);
