import { Type, type Static } from 'typebox';
import { Compile } from 'typebox/compile';
import { TICKET_STATUSES } from '../../contracts/http/orders.ts';

/**
 * What a buyer needs of each answer. Checked, since an answer without it is a fault to report; less than the contract has, since
 * checking costs and the contract has tests of its own.
 */
const HeldSeat = Type.Object({ seatId: Type.Integer() });
const HeldPlaces = Type.Object({ section: Type.String(), quantity: Type.Integer() });
const Held = Type.Object({
  reservationId: Type.String(),
  eventId: Type.String(),
  seats: Type.Array(HeldSeat),
  places: Type.Array(HeldPlaces),
  expiresAt: Type.String(),
});
const Ordered = Type.Object({
  orderId: Type.String(),
  reservationId: Type.String(),
  status: Type.String(),
  totalCents: Type.Integer(),
  currency: Type.String(),
});
const Charged = Type.Object({
  paymentId: Type.String(),
  orderId: Type.String(),
  amountCents: Type.Integer(),
  status: Type.String(),
});
const Declined = Type.Object({ code: Type.Literal('PAYMENT_DECLINED'), paymentId: Type.String() });
const Refused = Type.Object({ code: Type.String(), available: Type.Optional(Type.Integer()) });
const Tickets = Type.Object({
  tickets: Type.Array(
    Type.Object({
      ticketId: Type.String(),
      seatId: Type.Optional(Type.Integer()),
      qrPayload: Type.String(),
      status: Type.Enum(TICKET_STATUSES),
    }),
  ),
});
const Statuses = Type.Object({ statuses: Type.String() });
const Left = Type.Object({
  totalSeats: Type.Integer(),
  availableSeats: Type.Integer(),
  reservedSeats: Type.Integer(),
  allocatedSeats: Type.Integer(),
  seatsBySection: Type.Array(Type.Object({ section: Type.String(), availableSeats: Type.Integer() })),
});

export type Held = Static<typeof Held>;
export type Ordered = Static<typeof Ordered>;
export type Charged = Static<typeof Charged>;
export type Tickets = Static<typeof Tickets>;
export type Left = Static<typeof Left>;

export const asHeld = reader<Held>(Compile(Held));
export const asOrdered = reader<Ordered>(Compile(Ordered));
export const asCharged = reader<Charged>(Compile(Charged));
export const asDeclined = reader<Static<typeof Declined>>(Compile(Declined));
export const asRefused = reader<Static<typeof Refused>>(Compile(Refused));
export const asTickets = reader<Tickets>(Compile(Tickets));
export const asStatuses = reader<Static<typeof Statuses>>(Compile(Statuses));
export const asLeft = reader<Left>(Compile(Left));

function reader<T>(schema: { Check(value: unknown): boolean }): (value: unknown) => T | null {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- just checked against the schema of this type
  return (value) => (schema.Check(value) ? (value as T) : null);
}

export function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** Code of a refusal; its status where the answer is no problem document. */
export function codeOf(body: unknown, status: number): string {
  return asRefused(body)?.code ?? `HTTP_${status}`;
}
