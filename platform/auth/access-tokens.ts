import { isId } from '../../contracts/ids.ts';
import { systemClock, type Clock } from '../clock.ts';
import { ROLES, type Role, type UserIdentity } from './identity.ts';
import { tokenSigner, tokenVerifier, type Claims, type Verified } from './signed-tokens.ts';

/** Longer-lived tokens are refused whatever key they bear; `ACCESS_TOKEN_TTL_SECONDS` stays below it. */
export const MAX_ACCESS_TOKEN_TTL_SECONDS = 24 * 3600;

/** About 300 bytes each: a rush of more buyers than this costs an HMAC per request, not memory. */
const REMEMBERED_TOKENS = 50_000;

export type AccessTokens = {
  sign(user: Pick<UserIdentity, 'userId' | 'sessionId' | 'roles'>): { accessToken: string; expiresInSeconds: number };
  verify(token: string): Verified<UserIdentity>;
};

/** Tokens that users carry: HS256 by the key of `JWT_SECRET`, with the claims sub (userId), sid, roles, iat, exp, iss and aud. */
export function createAccessTokens(options: { jwtSecret: string; ttlSeconds: number; clock?: Clock }): AccessTokens {
  const clock = options.clock ?? systemClock;
  const signing = { secret: options.jwtSecret, issuer: 'onsale', audience: 'onsale' };
  const sign = tokenSigner(signing);
  const verify = tokenVerifier({
    ...signing,
    maxTtlSeconds: MAX_ACCESS_TOKEN_TTL_SECONDS,
    remembered: REMEMBERED_TOKENS,
    read: readUser,
  });
  return {
    sign: (user) => ({
      accessToken: sign({ sub: user.userId, sid: user.sessionId, roles: user.roles }, options.ttlSeconds, clock.now().getTime()),
      expiresInSeconds: options.ttlSeconds,
    }),
    verify: (token) => verify(token, clock.now().getTime()),
  };
}

/** The user in the claims `sub`, `sid` and `roles`. */
export function readUser(claims: Claims): UserIdentity | null {
  const { sub, sid, roles } = claims;
  if (typeof sub !== 'string' || !isId('user', sub) || typeof sid !== 'string') return null;
  if (!Array.isArray(roles) || !roles.every(isRole)) return null;
  return { kind: 'user', userId: sub, sessionId: sid, roles };
}

function isRole(value: unknown): value is Role {
  return ROLES.some((role) => role === value);
}
