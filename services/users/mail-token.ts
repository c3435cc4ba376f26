import { createHash, randomBytes } from 'node:crypto';
import type { Tx } from '../../platform/postgres/database.ts';
import type { Account } from './domain/account.ts';
import { publishMail } from './domain-events.ts';
import { countMailTokens, insertMailToken, type MailPurpose } from './store/mail-tokens.ts';

const HOUR_MS = 3600 * 1000;
const KINDS = {
  PASSWORD_RESET: { ttlMs: HOUR_MS, template: 'password-reset' },
  EMAIL_VERIFICATION: { ttlMs: 72 * HOUR_MS, template: 'email-verification' },
} as const;

/** Mails of one purpose to one account. Nobody's letterbox is filled, and nobody can make the good token of another void. */
const MAX_PER_HOUR = 3;

/** What is stored of a token that is sent by e-mail. */
export function mailTokenHash(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}

/**
 * Sends a new token to the account's address, unless too many were sent lately. The caller holds the account's lock.
 * The token leaves by the outbox only: stored is its hash.
 */
export async function sendMailToken(
  tx: Tx,
  account: Account,
  purpose: MailPurpose,
  now: Date,
  traceparent: string,
): Promise<void> {
  const { userId, email, firstName } = account;
  if ((await countMailTokens(tx, userId, purpose, new Date(now.getTime() - HOUR_MS))) >= MAX_PER_HOUR) return;
  const { ttlMs, template } = KINDS[purpose];
  const token = randomBytes(32).toString('base64url');
  const expiresAt = new Date(now.getTime() + ttlMs);
  await insertMailToken(tx, { tokenHash: mailTokenHash(token), userId, purpose, email, createdAt: now, expiresAt });
  const variables = { firstName, token, expiresAt: expiresAt.toISOString() };
  await publishMail(tx, { userId, recipient: email, template, variables }, now, traceparent);
}
