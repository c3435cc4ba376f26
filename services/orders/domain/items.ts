import type { OrderItem } from '../../../contracts/http/orders.ts';
import type { Reservation } from '../../../contracts/http/seating.ts';

/** One item per ticket. A general-admission place has no number: its code is the name of its section. */
export function itemsOf(reservation: Pick<Reservation, 'seats' | 'places'>): OrderItem[] {
  const seats = reservation.seats.map(({ seatId, seatCode, section, priceCents }) => ({ seatId, seatCode, section, priceCents }));
  const places = reservation.places.flatMap(({ section, quantity, priceCents }) =>
    Array.from({ length: quantity }, () => ({ seatCode: section, section, priceCents })),
  );
  return [...seats, ...places];
}
