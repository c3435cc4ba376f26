import { refreshHold } from '../features/hold/hold.ts';
import { currentUser, onSessionChange } from '../features/session/session.ts';
import { queryClient } from './query-client.ts';

/** Queries whose answers belong to one person. */
const PRIVATE_QUERIES = ['orders', 'tickets'];

/** Who is signed in changed: forget what the one before has read, and ask what became of the hold that this tab remembers. */
onSessionChange(() => {
  for (const key of PRIVATE_QUERIES) queryClient.removeQueries({ queryKey: [key] });
  const user = currentUser();
  if (user !== null) refreshHold(user.userId).catch(() => undefined);
});
