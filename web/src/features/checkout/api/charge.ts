import type { ChargeAnswer, ChargeBody } from '../../../../../contracts/http/payments.ts';
import { requestJson } from '../../../shared/api/client.ts';
import { untilKnown } from '../../../shared/api/until-known.ts';

/** Pays an order. `status` PENDING means that the bank has not answered yet. */
export function charge(body: ChargeBody, idempotencyKey: string): Promise<ChargeAnswer> {
  return untilKnown(() => requestJson('/v1/charge', { method: 'POST', body, idempotencyKey }));
}
