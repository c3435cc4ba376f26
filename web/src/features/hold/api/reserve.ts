import type { Reservation, ReserveBody } from '../../../../../contracts/http/seating.ts';
import { requestJson } from '../../../shared/api/client.ts';
import { newIdempotencyKey } from '../../../shared/api/keys.ts';
import { untilKnown } from '../../../shared/api/until-known.ts';

/** Holds seats or places, all or nothing. A lost answer is asked for again with the same key, never as a second hold. */
export function reserve(body: ReserveBody): Promise<Reservation> {
  const idempotencyKey = newIdempotencyKey();
  return untilKnown(() => requestJson('/v1/seats/reserve', { method: 'POST', body, idempotencyKey }));
}
