import { createSigner, createVerifier, TokenError } from 'fast-jwt';

export type Claims = Readonly<Record<string, unknown>>;

/** What a verified token was found to say, with its end as seconds since 1970. */
export type Verified<T> = { ok: true; value: T; expiresAtSeconds: number } | { ok: false; reason: 'INVALID' | 'EXPIRED' };

export type SigningOptions = { secret: string; issuer: string; audience: string };

/** Signs claims as a JWT with HS256. `ttlSeconds` counts from `now`, milliseconds since 1970. */
export function tokenSigner(options: SigningOptions): (claims: Claims, ttlSeconds: number, now: number) => string {
  const sign = createSigner({ key: options.secret, algorithm: 'HS256', iss: options.issuer, aud: options.audience });
  return (claims, ttlSeconds, now) => {
    const iat = Math.floor(now / 1000);
    return sign({ ...claims, iat, exp: iat + ttlSeconds });
  };
}

/**
 * Verifies tokens of one issuer and audience and remembers the good ones until they expire, so that a token costs one HMAC in
 * its life and a look-up afterwards. The algorithm is pinned: `none` and keys of another kind are refused. `read` turns the
 * claims into what the caller wants, or null when they are not of the form that we sign.
 */
export function tokenVerifier<T>(
  options: SigningOptions & { maxTtlSeconds: number; remembered: number; read: (claims: Claims) => T | null },
): (token: string, now: number) => Verified<T> {
  const verify = createVerifier({
    key: options.secret,
    algorithms: ['HS256'],
    allowedIss: options.issuer,
    allowedAud: options.audience,
    requiredClaims: ['iss', 'aud', 'iat', 'exp', 'sub'],
    // Expiry is judged below, by the caller's clock and again on every use of a remembered token.
    ignoreExpiration: true,
  });
  const known = createGenerations<Verified<T> & { ok: true }>(options.remembered);
  return (token, now) => {
    const nowSeconds = now / 1000;
    const remembered = known.get(token);
    if (remembered !== undefined) return remembered.expiresAtSeconds > nowSeconds ? remembered : { ok: false, reason: 'EXPIRED' };
    const claims = claimsOf(verify, token);
    if (claims === null) return { ok: false, reason: 'INVALID' };
    const { iat, exp } = claims;
    if (typeof exp !== 'number' || typeof iat !== 'number' || exp - iat > options.maxTtlSeconds)
      return { ok: false, reason: 'INVALID' };
    if (exp <= nowSeconds) return { ok: false, reason: 'EXPIRED' };
    const value = options.read(claims);
    if (value === null) return { ok: false, reason: 'INVALID' };
    const verified = { ok: true as const, value, expiresAtSeconds: exp };
    known.set(token, verified);
    return verified;
  };
}

function claimsOf(verify: (token: string) => unknown, token: string): Claims | null {
  try {
    const payload = verify(token);
    return typeof payload === 'object' && payload !== null ? { ...payload } : null;
  } catch (error) {
    if (error instanceof TokenError) return null;
    throw error;
  }
}

/**
 * A bounded map for values that are used for a while and then never again: two generations, and when the younger is full the
 * older is dropped whole. Cheaper per use than keeping an order of last use.
 */
function createGenerations<T>(limit: number) {
  const perGeneration = Math.ceil(limit / 2);
  let young = new Map<string, T>();
  let old = new Map<string, T>();
  const set = (key: string, value: T): void => {
    if (young.size >= perGeneration) {
      old = young;
      young = new Map();
    }
    young.set(key, value);
  };
  const get = (key: string): T | undefined => {
    const value = young.get(key);
    if (value !== undefined) return value;
    const older = old.get(key);
    if (older !== undefined) set(key, older);
    return older;
  };
  return { get, set };
}
