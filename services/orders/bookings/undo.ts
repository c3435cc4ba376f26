import type { ServiceClient } from '../../../platform/http/service-client.ts';
import type { Tx } from '../../../platform/postgres/database.ts';
import { releaseHold } from '../release-hold.ts';
import { deleteBooking, finishBookings, type Booking } from '../store/bookings.ts';
import { readOrder } from '../store/orders.ts';

/** Gives back what a booking holds that is being undone. An order that it has ends with its hold; a free one is bought already. */
export async function giveBack(database: Tx, services: ServiceClient, booking: Booking): Promise<void> {
  const { orderId, reservationId, traceparent } = booking;
  if ((await readOrder(database, orderId))?.totalCents === 0) {
    await finishBookings(database, [orderId]);
    return;
  }
  await releaseHold(services, reservationId, 'CANCELLED', traceparent);
  await deleteBooking(database, orderId);
}
