import { ApiError } from '../../platform/http/api-error.ts';
import type { ServiceClient } from '../../platform/http/service-client.ts';
import type { OrderState } from './domain/order.ts';

/**
 * Tells seating that the order's charge is over. A hold that is gone needs no telling; another payment's window stays open. The hold
 * of a booking does not go on after its one payment: it is released.
 */
export async function closePaymentWindow(
  services: ServiceClient,
  { reservationId, orderId, paymentId, oneCall }: OrderState,
): Promise<void> {
  if (paymentId === null || oneCall) return;
  try {
    const path = `/internal/reservations/${reservationId}/payment-window`;
    await services.call('seating', path, { method: 'DELETE', body: { orderId, paymentId } });
  } catch (error) {
    if (!(error instanceof ApiError) || error.status >= 500 || error.status === 429) throw error;
  }
}
