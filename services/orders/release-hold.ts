import type { ReleaseReason } from '../../contracts/events/seat.ts';
import { ApiError } from '../../platform/http/api-error.ts';
import type { ServiceClient } from '../../platform/http/service-client.ts';

/** Has seating end a hold. One that has ended already, or never was, is as good as released. */
export async function releaseHold(
  services: ServiceClient,
  reservationId: string,
  reason: ReleaseReason,
  traceparent: string | undefined,
): Promise<void> {
  try {
    const path = `/internal/reservations/${reservationId}/release`;
    await services.call('seating', path, { method: 'POST', body: { reason }, traceparent });
  } catch (error) {
    const ended = error instanceof ApiError && ['RESERVATION_NOT_FOUND', 'RESERVATION_NOT_ACTIVE'].includes(error.code);
    if (!ended) throw error;
  }
}
