import { Type, type Static } from 'typebox';
import { Compile } from 'typebox/compile';

/** What is asked for under an Idempotency-Key. */
const Route = Type.Union([
  Type.Literal('reserve'),
  Type.Literal('order'),
  Type.Literal('charge'),
  Type.Literal('refund'),
  Type.Literal('booking'),
]);
export type Route = Static<typeof Route>;

const said = {
  userId: Type.String(),
  idempotencyKey: Type.Union([Type.String(), Type.Null()]),
  /** RFC 3339. */
  at: Type.Optional(Type.String()),
};

/** Written before a request is sent: whatever becomes of it, it may have one effect and no more. */
const Asked = Type.Object({ asked: Route, ...said });

const Places = Type.Array(Type.Object({ section: Type.String(), quantity: Type.Integer() }));

const ReserveAnswer = Type.Object({
  told: Type.Literal('reserve'),
  ...said,
  reservationId: Type.String(),
  eventId: Type.String(),
  seatIds: Type.Array(Type.Integer()),
  places: Places,
  expiresAt: Type.String(),
});
const OrderAnswer = Type.Object({
  told: Type.Literal('order'),
  ...said,
  orderId: Type.String(),
  reservationId: Type.String(),
  totalCents: Type.Integer(),
});
const ChargeAnswer = Type.Object({
  told: Type.Literal('charge'),
  ...said,
  paymentId: Type.String(),
  orderId: Type.String(),
  amountCents: Type.Integer(),
  status: Type.String(),
});
const RefundAnswer = Type.Object({
  told: Type.Literal('refund'),
  ...said,
  refundId: Type.String(),
  paymentId: Type.String(),
  amountCents: Type.Integer(),
  status: Type.String(),
});
/** Reserved, ordered and, as far as `status` says, paid in one call. */
const BookingAnswer = Type.Object({ told: Type.Literal('booking'), ...said, orderId: Type.String(), status: Type.String() });
/** Nothing was done. Not for what may be tried again: 429, 503, `IDEMPOTENCY_IN_FLIGHT`. */
const Refusal = Type.Object({ told: Type.Literal('refusal'), of: Route, ...said, code: Type.String() });

const JournalLine = Type.Union([Asked, ReserveAnswer, OrderAnswer, ChargeAnswer, RefundAnswer, BookingAnswer, Refusal]);

/** One line of a journal of what clients asked for and were told; see docs/verify.md. */
export type JournalLine = Static<typeof JournalLine>;

const validator = Compile(JournalLine);

export function isJournalLine(value: unknown): value is JournalLine {
  return validator.Check(value);
}

export function routeOf(line: JournalLine): Route {
  if ('asked' in line) return line.asked;
  return line.told === 'refusal' ? line.of : line.told;
}
