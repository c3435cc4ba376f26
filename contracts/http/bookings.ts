import { type Static, Type } from 'typebox';
import { AmountCents } from '../money.ts';
import { ORDER_STATUSES } from './orders.ts';
import { ChargeBody } from './payments.ts';
import { ReserveBody } from './seating.ts';

const { paymentMethod, paymentToken } = ChargeBody.properties;

/** What to hold, and how it is paid. With `expectedTotalCents` nothing is charged when it costs anything else. */
export const BookingBody = Type.Object(
  { ...ReserveBody.properties, paymentMethod, paymentToken, expectedTotalCents: Type.Optional(AmountCents) },
  { additionalProperties: false, description: 'Exactly one of seatIds, seatCodes, places and bestAvailable' },
);
export type BookingBody = Static<typeof BookingBody>;

/** `status` is that of the order, which `statusUrl` goes on telling. */
export const BookingAnswer = Type.Object({
  orderId: Type.String(),
  status: Type.Enum(ORDER_STATUSES),
  statusUrl: Type.String(),
});
export type BookingAnswer = Static<typeof BookingAnswer>;
