import { createHash } from 'node:crypto';
import { FAILURE_REASONS, type FailureReason } from '../../../contracts/http/payments.ts';

/** What the simulated provider makes of a charge. `NEVER`: no answer and no capture. `LATE`: captured, but it does not say so for a while. */
export type SimulatedOutcome =
  | { kind: 'CAPTURED'; refusesRefunds?: boolean }
  | { kind: 'DECLINED'; reason: FailureReason }
  | { kind: 'NEVER' }
  | { kind: 'LATE' };

const TOKENS: Record<string, SimulatedOutcome> = {
  tok_success: { kind: 'CAPTURED' },
  tok_insufficient_funds: { kind: 'DECLINED', reason: 'INSUFFICIENT_FUNDS' },
  tok_card_declined: { kind: 'DECLINED', reason: 'CARD_DECLINED' },
  tok_invalid_card: { kind: 'DECLINED', reason: 'INVALID_CARD' },
  tok_gateway_timeout: { kind: 'NEVER' },
  tok_refund_refused: { kind: 'CAPTURED', refusesRefunds: true },
  tok_timeout_captured: { kind: 'LATE' },
};

const TOKEN_PREFIX = 'tok_';
const MISSPELT: SimulatedOutcome = { kind: 'DECLINED', reason: 'INVALID_CARD' };

/**
 * A token that forces an outcome does, and one that is misspelt is no card; without one the outcome is drawn from the seed and the
 * key, so that a run can be repeated.
 */
export function simulatedOutcome(token: string | undefined, successRate: number, seed: number, key: string): SimulatedOutcome {
  const forced = token !== undefined && Object.hasOwn(TOKENS, token) ? TOKENS[token] : undefined;
  if (forced !== undefined) return forced;
  if (token?.startsWith(TOKEN_PREFIX) === true) return MISSPELT;
  if (drawn(seed, key, 'outcome') < successRate) return { kind: 'CAPTURED' };
  const reason = FAILURE_REASONS[Math.floor(drawn(seed, key, 'reason') * FAILURE_REASONS.length)] ?? 'CARD_DECLINED';
  return reason === 'GATEWAY_TIMEOUT' ? { kind: 'NEVER' } : { kind: 'DECLINED', reason };
}

/** From 0 to below 1, the same for the same seed, key and purpose. */
export function drawn(seed: number, key: string, purpose: string): number {
  return createHash('sha256').update(`${seed} ${key} ${purpose}`).digest().readUInt32BE(0) / 2 ** 32;
}
