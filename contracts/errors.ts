import type { ErrorTable } from './errors/error-table.ts';
import { IDENTITY_ERRORS } from './errors/identity.ts';
import { MISSING_ERRORS } from './errors/missing.ts';
import { NOT_NOW_ERRORS } from './errors/not-now.ts';
import { ORDER_AND_PAYMENT_ERRORS } from './errors/orders-and-payments.ts';
import { REQUEST_ERRORS } from './errors/request.ts';
import { SEAT_PLAN_ERRORS } from './errors/seat-plans.ts';
import { SEAT_ERRORS } from './errors/seats.ts';

/** Every error a client can meet. `docs/errors.md` is made from this table, in the order of the groups below. */
export const ERRORS = {
  ...REQUEST_ERRORS,
  ...IDENTITY_ERRORS,
  ...MISSING_ERRORS,
  ...SEAT_ERRORS,
  ...SEAT_PLAN_ERRORS,
  ...ORDER_AND_PAYMENT_ERRORS,
  ...NOT_NOW_ERRORS,
};

export type ErrorGroup = { heading: string; note?: string; errors: ErrorTable };

export const ERROR_GROUPS: readonly ErrorGroup[] = [
  { heading: 'The request', errors: REQUEST_ERRORS },
  { heading: 'Who is asking', errors: IDENTITY_ERRORS },
  {
    heading: 'Things that are not there',
    note: 'What belongs to somebody else is not there for you: it answers 404 as well.',
    errors: MISSING_ERRORS,
  },
  { heading: 'Seats', errors: SEAT_ERRORS },
  { heading: 'Seat plans (organizers)', errors: SEAT_PLAN_ERRORS },
  { heading: 'Orders and payments', errors: ORDER_AND_PAYMENT_ERRORS },
  { heading: 'Not now', errors: NOT_NOW_ERRORS },
];

export type ErrorCode = keyof typeof ERRORS;

/** RFC 9457 body of an error answer. */
export type Problem = {
  type: string;
  title: string;
  status: number;
  detail: string;
  code: ErrorCode;
  traceId: string;
  errors?: { path: string; message: string; hint?: string }[];
  [extension: string]: unknown;
};
