import { ApiError } from '../../platform/http/api-error.ts';
import type { ServiceClient } from '../../platform/http/service-client.ts';
import type { OrderState } from './domain/order.ts';

/** Tells seating that no charge is under way any more. A hold that is gone needs no telling. */
export async function closePaymentWindow(services: ServiceClient, { reservationId, orderId }: OrderState): Promise<void> {
  try {
    const path = `/internal/reservations/${reservationId}/payment-window`;
    await services.call('seating', path, { method: 'DELETE', body: { orderId } });
  } catch (error) {
    if (!(error instanceof ApiError) || error.status >= 500 || error.status === 429) throw error;
  }
}
