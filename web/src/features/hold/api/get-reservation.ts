import type { Reservation } from '../../../../../contracts/http/seating.ts';
import { requestJson } from '../../../shared/api/client.ts';

export function getReservation(reservationId: string): Promise<Reservation> {
  return requestJson(`/v1/seats/reservation/${encodeURIComponent(reservationId)}`);
}
