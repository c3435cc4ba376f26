import { createHash } from 'node:crypto';
import type { IdempotencyKey } from '../../platform/idempotency/idempotency-key.ts';

/**
 * The id of the refund that a request asks for: the same for the same key and payload, so that a request that was cut off goes on
 * with its own refund, here and in orders. In the form of a UUIDv7, with the time of the payment.
 */
export function refundIdOf(paymentId: string, { scope, key, requestHash }: IdempotencyKey): string {
  const hash = createHash('sha256').update(`${scope}\n${key}\n`).update(requestHash).digest('hex');
  const time = paymentId.slice('pay_'.length, 'pay_'.length + '01234567-0123'.length);
  return `ref_${time}-7${hash.slice(0, 3)}-8${hash.slice(3, 6)}-${hash.slice(6, 18)}`;
}
