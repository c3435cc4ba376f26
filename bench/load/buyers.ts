import { newId } from '../../contracts/ids.ts';
import { createAccessTokens } from '../../platform/auth/access-tokens.ts';
import type { Role } from '../../platform/auth/identity.ts';

export type Buyer = { userId: string; token: string };

/** How long a token is good: longer than any measurement. */
const TTL_SECONDS = 6 * 3_600;

/**
 * Makes users with tokens of their own, signed here by the program's key: nobody has half a million passwords to log in with, and the
 * program checks these tokens as any other.
 */
export function buyerMaker(jwtSecret: string, roles: Role[] = ['customer']): () => Buyer {
  const tokens = createAccessTokens({ jwtSecret, ttlSeconds: TTL_SECONDS });
  return () => {
    const userId = newId('user');
    return { userId, token: tokens.sign({ userId, sessionId: newId('session'), roles }).accessToken };
  };
}

/** So many buyers, in turn, for ever. */
export function buyersInTurn(jwtSecret: string, count: number): () => Buyer {
  const make = buyerMaker(jwtSecret);
  const buyers = Array.from({ length: count }, make);
  let turn = 0;
  return () => buyers[turn++ % count] ?? make();
}
