import { createHash, randomBytes } from 'node:crypto';

/**
 * A refresh token is two random parts in base64url: the family, the same for all tokens of a session (144 bits), and what is new
 * in each (240 bits). The family alone opens nothing; it tells which session a token belongs to that was used up long ago.
 */
const FAMILY_LENGTH = 24;
const FAMILY_BYTES = 18;
const OWN_BYTES = 30;
const FORM = /^[\w-]{64}$/;

/** The first refresh token of a session. */
export function newRefreshToken(): string {
  return randomBytes(FAMILY_BYTES + OWN_BYTES).toString('base64url');
}

/** The next token of the same session. */
export function nextRefreshToken(refreshToken: string): string {
  return refreshToken.slice(0, FAMILY_LENGTH) + randomBytes(OWN_BYTES).toString('base64url');
}

export function isRefreshToken(text: string): boolean {
  return FORM.test(text);
}

/** What is stored of a refresh token: random bits need no slow hash, and what is stored signs nobody in. */
export function refreshTokenHash(refreshToken: string): Buffer {
  return sha256(refreshToken);
}

export function familyHash(refreshToken: string): Buffer {
  return sha256(refreshToken.slice(0, FAMILY_LENGTH));
}

function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
