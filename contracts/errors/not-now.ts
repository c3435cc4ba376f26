import type { ErrorTable } from './error-table.ts';

export const NOT_NOW_ERRORS = {
  RATE_LIMITED: {
    status: 429,
    title: 'Too many requests',
    when: 'More requests than one user or address may send in a minute, or too many failed logins to one account.',
    whatToDo: 'Wait for `Retry-After`.',
    retryAfterSeconds: 1,
  },
  OVERLOADED: {
    status: 503,
    title: 'Too busy at the moment',
    when: 'A queue is full, or too many change the same thing at once. Nothing was changed.',
    whatToDo: 'Wait for `Retry-After` and repeat.',
    retryAfterSeconds: 1,
  },
  SERVICE_UNAVAILABLE: {
    status: 503,
    title: 'A part of the system is not available',
    when: 'A service or a database does not answer, or is stopping.',
    whatToDo: 'Wait for `Retry-After` and repeat.',
    retryAfterSeconds: 2,
  },
  OUTCOME_UNKNOWN: {
    status: 503,
    title: 'It is not known whether this was done',
    when: 'The connection to the database, or to the service, broke while the change was being made: it may have happened.',
    whatToDo: 'Repeat with the same `Idempotency-Key`: the answer tells. Without one, read first.',
    retryAfterSeconds: 1,
  },
  INTERNAL: {
    status: 500,
    title: 'Something failed on our side',
    when: 'A fault of ours. It is logged with the `traceId`.',
    whatToDo: 'Repeat once with the same `Idempotency-Key`, then report the `traceId`.',
  },
} as const satisfies ErrorTable;
