import { ApiError } from '../../platform/http/api-error.ts';
import type { ServiceClient } from '../../platform/http/service-client.ts';
import type { OrderState } from './domain/order.ts';

/** After a payment that failed the hold goes on as it was planned. Not that of a booking made in one call: it is released. */
export async function closeWindowAfterFailure(services: ServiceClient, order: OrderState): Promise<void> {
  if (!order.oneCall) await closePaymentWindow(services, order);
}

/** Tells seating that the order's charge is over. A hold that is gone needs no telling; another payment's window stays open. */
export async function closePaymentWindow(
  services: ServiceClient,
  { reservationId, orderId, paymentId }: OrderState,
): Promise<void> {
  if (paymentId === null) return;
  try {
    const path = `/internal/reservations/${reservationId}/payment-window`;
    await services.call('seating', path, { method: 'DELETE', body: { orderId, paymentId } });
  } catch (error) {
    if (!(error instanceof ApiError) || error.status >= 500 || error.status === 429) throw error;
  }
}
