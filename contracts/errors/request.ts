import type { ErrorTable } from './error-table.ts';

export const REQUEST_ERRORS = {
  VALIDATION_FAILED: {
    status: 400,
    title: 'The request is not valid',
    when: 'A path, query, header or body is not as the API says, or has a field that it does not know. `errors` names each place, what is wrong, and the nearest known name as `hint`.',
    whatToDo: 'Correct what `errors` names.',
  },
  MALFORMED_JSON: {
    status: 400,
    title: 'The body is not valid JSON',
    when: 'The body cannot be read as JSON.',
    whatToDo: 'Correct the body.',
  },
  IDEMPOTENCY_KEY_REQUIRED: {
    status: 400,
    title: 'This request needs an Idempotency-Key header',
    when: 'The route changes something that must not happen twice, and the header is missing.',
    whatToDo: 'Send an `Idempotency-Key`: a new random one for every intent, the same one for every repetition.',
  },
  IDEMPOTENCY_KEY_INVALID: {
    status: 400,
    title: 'The Idempotency-Key is not 1 to 255 printable ASCII characters',
    when: 'The key is empty, longer than 255 characters, or has others than printable ASCII.',
    whatToDo: 'Send a UUID, for example.',
  },
  ROUTE_NOT_FOUND: {
    status: 404,
    title: 'There is no such route',
    when: 'No route has this path.',
    whatToDo: 'Look at `/docs`.',
  },
  METHOD_NOT_ALLOWED: {
    status: 405,
    title: 'The route does not take this method',
    when: 'The path exists, but not with this method. `Allow` lists those it has.',
    whatToDo: 'Use one of them.',
  },
  REQUEST_TIMEOUT: {
    status: 408,
    title: 'The request did not arrive in time',
    when: 'The request did not arrive whole within 30 seconds.',
    whatToDo: 'Send it again.',
  },
  HEADERS_TOO_LARGE: {
    status: 431,
    title: 'The headers are too large',
    when: 'The headers are larger than 16 kB together.',
    whatToDo: 'Send fewer or shorter ones.',
  },
  PAYLOAD_TOO_LARGE: {
    status: 413,
    title: 'The body is too large',
    when: 'The body is larger than the route takes: 64 kB, for seat plans as CSV 8 MB.',
    whatToDo: 'Send less at a time.',
  },
  UNSUPPORTED_MEDIA_TYPE: {
    status: 415,
    title: 'The route does not take this content type',
    when: 'The route does not take this `Content-Type`.',
    whatToDo: 'Send `application/json`, or `text/csv` where the route says so.',
  },
  IDEMPOTENCY_IN_FLIGHT: {
    status: 409,
    title: 'The first request with this Idempotency-Key is still being worked on',
    when: 'The first request with this key is still being worked on.',
    whatToDo: 'Wait a moment and repeat with the same key.',
  },
  IDEMPOTENCY_KEY_REUSED: {
    status: 422,
    title: 'The Idempotency-Key was used for another request',
    when: 'The key was used before with another payload.',
    whatToDo: 'Use a new key for a new intent.',
  },
} as const satisfies ErrorTable;
