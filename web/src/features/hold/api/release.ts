import { send } from '../../../shared/api/client.ts';

/** Gives held seats back before their time. */
export async function release(reservationId: string): Promise<void> {
  await send('/v1/seats/release', { method: 'POST', body: { reservationId } });
}
