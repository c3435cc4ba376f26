import { isId } from '../../contracts/ids.ts';
import { systemClock, type Clock } from '../clock.ts';
import { ROLES, type Role, type UserIdentity } from './identity.ts';
import { tokenSigner, tokenVerifier, type Claims, type Verified } from './signed-tokens.ts';

/** Longer-lived tokens are refused whatever key they bear; `ACCESS_TOKEN_TTL_SECONDS` stays below it. */
export const MAX_ACCESS_TOKEN_TTL_SECONDS = 24 * 3600;

/** About 300 bytes each: a rush of more buyers than this costs an HMAC per request, not memory. */
const REMEMBERED_TOKENS = 50_000;

export type AccessTokens = {
  sign(user: Omit<UserIdentity, 'kind'>): { accessToken: string; expiresInSeconds: number };
  verify(token: string): Verified<UserIdentity>;
};

/** Tokens that users carry: HS256 by the key of `JWT_SECRET`, with the claims sub (userId), sid, roles, rv (their version), iat, exp, iss, aud. */
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
      accessToken: sign(claimsOf(user), options.ttlSeconds, clock.now().getTime()),
      expiresInSeconds: options.ttlSeconds,
    }),
    verify: (token) => verify(token, clock.now().getTime()),
  };
}

/** What `readUser` reads back. */
export function claimsOf({ userId, sessionId, roles, rolesVersion }: Omit<UserIdentity, 'kind'>): Claims {
  return { sub: userId, sid: sessionId, roles, ...(rolesVersion === undefined ? {} : { rv: rolesVersion }) };
}

/** The user in the claims `sub`, `sid`, `roles` and `rv`. */
export function readUser(claims: Claims): UserIdentity | null {
  const { sub, sid, roles, rv } = claims;
  if (typeof sub !== 'string' || !isId('user', sub) || typeof sid !== 'string') return null;
  if (!Array.isArray(roles) || !roles.every(isRole)) return null;
  if (rv !== undefined && typeof rv !== 'number') return null;
  return { kind: 'user', userId: sub, sessionId: sid, roles, ...(rv === undefined ? {} : { rolesVersion: rv }) };
}

function isRole(value: unknown): value is Role {
  return ROLES.some((role) => role === value);
}
