import { createHash, randomBytes } from 'node:crypto';

/** 256 random bits; nothing can be read from it. */
export function newRefreshToken(): string {
  return randomBytes(32).toString('base64url');
}

/** What is stored of a refresh token. */
export function refreshTokenHash(refreshToken: string): Buffer {
  return createHash('sha256').update(refreshToken).digest();
}
