/**
 * Every error a client can meet: its code, HTTP status and title. `docs/errors.md` explains each, and a test holds the two
 * together. `retryAfterSeconds` is the default of the `Retry-After` header.
 */
export const ERRORS = {
  VALIDATION_FAILED: { status: 400, title: 'The request is not valid' },
  MALFORMED_JSON: { status: 400, title: 'The body is not valid JSON' },
  IDEMPOTENCY_KEY_REQUIRED: { status: 400, title: 'This request needs an Idempotency-Key header' },
  IDEMPOTENCY_KEY_INVALID: { status: 400, title: 'The Idempotency-Key is not 1 to 255 printable ASCII characters' },
  UNAUTHENTICATED: { status: 401, title: 'Sign in first' },
  TOKEN_EXPIRED: { status: 401, title: 'The access token has expired' },
  INVALID_CREDENTIALS: { status: 401, title: 'Wrong name or password' },
  REFRESH_TOKEN_INVALID: { status: 401, title: 'The session is over' },
  PAYMENT_DECLINED: { status: 402, title: 'The payment was declined' },
  FORBIDDEN: { status: 403, title: 'You may not do this' },
  ACCOUNT_BLOCKED: { status: 403, title: 'This account is blocked' },
  NOT_FOUND: { status: 404, title: 'Nothing was found here' },
  ROUTE_NOT_FOUND: { status: 404, title: 'There is no such route' },
  USER_NOT_FOUND: { status: 404, title: 'There is no such user' },
  SESSION_NOT_FOUND: { status: 404, title: 'There is no such session' },
  EVENT_NOT_FOUND: { status: 404, title: 'There is no such event' },
  VENUE_NOT_FOUND: { status: 404, title: 'There is no such venue' },
  SEAT_NOT_FOUND: { status: 404, title: 'The event has no such seat' },
  SECTION_NOT_FOUND: { status: 404, title: 'The event has no such section' },
  RESERVATION_NOT_FOUND: { status: 404, title: 'There is no such reservation' },
  ORDER_NOT_FOUND: { status: 404, title: 'There is no such order' },
  PAYMENT_NOT_FOUND: { status: 404, title: 'There is no such payment' },
  TICKET_NOT_FOUND: { status: 404, title: 'There is no such ticket' },
  METHOD_NOT_ALLOWED: { status: 405, title: 'The route does not take this method' },
  USERNAME_TAKEN: { status: 409, title: 'This username is taken' },
  EMAIL_TAKEN: { status: 409, title: 'This e-mail address is taken' },
  SEAT_UNAVAILABLE: { status: 409, title: 'At least one of these seats is not free' },
  SOLD_OUT: { status: 409, title: 'Not enough left' },
  TICKET_LIMIT_EXCEEDED: { status: 409, title: 'More tickets than one buyer may have' },
  SALE_NOT_OPEN: { status: 409, title: 'The sale is not open' },
  EVENT_CANCELLED: { status: 409, title: 'The event was cancelled' },
  EVENT_HAS_ORDERS: { status: 409, title: 'The event has orders' },
  VENUE_IN_USE: { status: 409, title: 'The venue has events' },
  RESERVATION_IN_PAYMENT: { status: 409, title: 'A payment for this reservation is under way' },
  RESERVATION_NOT_ACTIVE: { status: 409, title: 'The reservation has ended' },
  SECTION_EXISTS: { status: 409, title: 'The event already has this section' },
  CAPACITY_IN_USE: { status: 409, title: 'More places are reserved or sold than this capacity' },
  SEATS_IN_USE: { status: 409, title: 'Some of these seats are reserved or sold' },
  ORDER_EXISTS: { status: 409, title: 'The reservation already has an order' },
  ORDER_NOT_PAYABLE: { status: 409, title: 'The order cannot be paid now' },
  ORDER_NOT_CANCELLABLE: { status: 409, title: 'The order cannot be cancelled now' },
  PAYMENT_NOT_REFUNDABLE: { status: 409, title: 'Nothing of this payment can be refunded now' },
  TICKET_NOT_REFUNDABLE: { status: 409, title: 'At least one of these tickets cannot be refunded' },
  REFUND_FAILED: { status: 409, title: 'The provider refused the refund' },
  PAYMENT_IN_PROGRESS: { status: 409, title: 'A payment for this order is already under way' },
  IDEMPOTENCY_IN_FLIGHT: { status: 409, title: 'The first request with this Idempotency-Key is still being worked on' },
  REQUEST_TIMEOUT: { status: 408, title: 'The request did not arrive in time' },
  PAYLOAD_TOO_LARGE: { status: 413, title: 'The body is too large' },
  UNSUPPORTED_MEDIA_TYPE: { status: 415, title: 'The route does not take this content type' },
  MAIL_TOKEN_INVALID: { status: 422, title: 'The link from the e-mail is not good any more' },
  SELECTION_INVALID: { status: 422, title: 'This choice of seats cannot be made' },
  LAYOUT_INVALID: { status: 422, title: 'The seat plan is not valid' },
  CSV_INVALID: { status: 422, title: 'The CSV file is not valid' },
  AMOUNT_MISMATCH: { status: 422, title: 'The amount is not what the order costs' },
  REFUND_TOO_LARGE: { status: 422, title: 'More than is left of the payment' },
  IDEMPOTENCY_KEY_REUSED: { status: 422, title: 'The Idempotency-Key was used for another request' },
  HEADERS_TOO_LARGE: { status: 431, title: 'The headers are too large' },
  RATE_LIMITED: { status: 429, title: 'Too many requests', retryAfterSeconds: 1 },
  INTERNAL: { status: 500, title: 'Something failed on our side' },
  OVERLOADED: { status: 503, title: 'Too busy at the moment', retryAfterSeconds: 1 },
  SERVICE_UNAVAILABLE: { status: 503, title: 'A part of the system is not available', retryAfterSeconds: 2 },
  OUTCOME_UNKNOWN: { status: 503, title: 'It is not known whether this was done', retryAfterSeconds: 1 },
} as const satisfies Record<string, { status: number; title: string; retryAfterSeconds?: number }>;

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
