import type { Reservation } from '../../../../contracts/http/seating.ts';
import { formatMoney } from '../../shared/format/money.ts';
import { LeaderRow, SeatName } from '../../shared/ui/stub.tsx';

/** What is held, line by line as on paper. */
export function ReservationLines({ reservation }: { reservation: Pick<Reservation, 'seats' | 'places' | 'currency'> }) {
  const { seats, places, currency } = reservation;
  return (
    <div className="grid gap-1.5">
      {seats.map((seat) => (
        <LeaderRow
          key={seat.seatId}
          what={<SeatName section={seat.section} row={seat.row} number={seat.number} />}
          amount={formatMoney(seat.priceCents, currency)}
        />
      ))}
      {places.map((place) => (
        <LeaderRow
          key={place.section}
          what={
            <span className="tabular">
              {place.quantity} × {place.section}
            </span>
          }
          amount={formatMoney(place.priceCents * place.quantity, currency)}
        />
      ))}
    </div>
  );
}
