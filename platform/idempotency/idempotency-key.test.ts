import { describe, expect, it } from 'vitest';
import { ApiError } from '../http/api-error.ts';
import { answerOfError, errorOfAnswer, isStorable } from './answer.ts';
import { parseIdempotencyKey, payloadHash } from './idempotency-key.ts';

describe('the Idempotency-Key header', () => {
  it.each(['a', 'x'.repeat(255), '7f0c-~!{}'])('may be %s', (key) => expect(parseIdempotencyKey(key)).toBe(key));

  it('may be absent', () => expect(parseIdempotencyKey(undefined)).toBeNull());

  it.each(['', ' ', ' a', 'x'.repeat(256), 'é', 'a\tb', ['a', 'b']])('may not be %j', (key) => {
    expect(() => parseIdempotencyKey(key)).toThrowError(expect.objectContaining({ code: 'IDEMPOTENCY_KEY_INVALID' }));
  });
});

describe('the hash of a payload', () => {
  it('does not depend on the order of fields', () => {
    expect(payloadHash({ a: 1, b: { c: [1, 2], d: null } })).toEqual(payloadHash({ b: { d: null, c: [1, 2] }, a: 1 }));
  });

  it.each([
    [{ a: 1 }, { a: 2 }],
    [{ a: 1 }, { a: '1' }],
    [{ a: [1, 2] }, { a: [2, 1] }],
    [{ a: null }, {}],
    [{ a: { b: 1 } }, { a: 1, b: 1 }],
  ])('tells %j from %j', (one, other) => expect(payloadHash(one)).not.toEqual(payloadHash(other)));
});

describe('an answer', () => {
  it.each([200, 201, 202, 204, 400, 402, 404, 409, 422])('with status %i is stored', (status) =>
    expect(isStorable(status)).toBe(true),
  );
  it.each([401, 429, 500, 503])('with status %i is never stored', (status) => expect(isStorable(status)).toBe(false));

  it('that refuses is the same refusal again', () => {
    const stored = answerOfError(new ApiError('SOLD_OUT', 'None left.', { available: 0 }));
    expect(stored?.status).toBe(409);
    const again = errorOfAnswer(JSON.parse(JSON.stringify(stored)));
    expect(again).toMatchObject({ code: 'SOLD_OUT', message: 'None left.', extensions: { available: 0 } });
    expect(answerOfError(new ApiError('OVERLOADED', 'Full.'))).toBeNull();
  });
});
