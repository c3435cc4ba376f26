import { ApiError } from '../../platform/http/api-error.ts';
import type { ServiceClient } from '../../platform/http/service-client.ts';
import type { OrderState } from './domain/order.ts';

/**
 * Tells seating that the charge that this order was read with is over. A hold that is gone needs no telling, and a window that
 * another charge has opened meanwhile stays.
 */
export async function closePaymentWindow(
  services: ServiceClient,
  { reservationId, orderId, paymentWindowEndsAt }: OrderState,
): Promise<void> {
  const window = paymentWindowEndsAt === null ? {} : { heldUntil: paymentWindowEndsAt.toISOString() };
  try {
    const path = `/internal/reservations/${reservationId}/payment-window`;
    await services.call('seating', path, { method: 'DELETE', body: { orderId, ...window } });
  } catch (error) {
    if (!(error instanceof ApiError) || error.status >= 500 || error.status === 429) throw error;
  }
}
