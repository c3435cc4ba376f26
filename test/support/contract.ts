import { expect } from 'vitest';
import { ERRORS, type ErrorCode } from '../../contracts/errors.ts';
import type { Answer } from './buyer.ts';

export const HALL = [
  { section: 'VIP', kind: 'SEATED', priceCents: 15_000, rows: [{ row: 'A', seats: 12 }] },
  { section: 'Floor', kind: 'GENERAL_ADMISSION', priceCents: 4_000, capacity: 20 },
];

/** A time as every answer writes it. */
export const TIME = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
/** An id with this prefix, whichever. */
export const idOf = (prefix: string) =>
  expect.stringMatching(new RegExp(`^${prefix}_[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`));

/** The answer is this error, whole: document, status, headers. */
export function expectProblem(answer: Answer, code: ErrorCode): void {
  const { status, title } = ERRORS[code];
  expect(answer.body).toMatchObject({ type: `/docs#${code}`, title, status, code, detail: expect.stringMatching(/\w+ \w+/) });
  expect(answer.body.traceId).toMatch(/^[0-9a-f]{32}$/);
  expect(answer.status).toBe(status);
  expect(answer.headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
  expect(answer.headers.get('cache-control')).toBe('no-store');
  expect(answer.headers.has('retry-after')).toBe([429, 503].includes(status) || code === 'IDEMPOTENCY_IN_FLIGHT');
}
