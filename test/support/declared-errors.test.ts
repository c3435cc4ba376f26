import { describe, expect, it } from 'vitest';
import { declaredErrors } from './declared-errors.ts';

const answers = (...codes: string[]) => ({
  '404': { content: { 'application/problem+json': { schema: { allOf: [{}, { properties: { code: { enum: codes } } }] } } } },
});
const check = declaredErrors({
  paths: {
    '/v1/users/{userId}': { get: { responses: answers('USER_NOT_FOUND') } },
    '/v1/users/me': { get: { responses: answers('UNAUTHENTICATED') } },
  },
});
const of = (method: string, path: string, code: string) => check(method, `http://localhost${path}?x=1`, code);

describe('an error of a route', () => {
  it('passes when the route declares it', () => {
    expect(of('GET', '/v1/users/usr_1', 'USER_NOT_FOUND')).toBeNull();
    expect(of('GET', '/v1/users/me', 'UNAUTHENTICATED')).toBeNull();
  });

  it('is named when only another route declares it', () => {
    expect(of('GET', '/v1/users/me', 'USER_NOT_FOUND')).toBe('USER_NOT_FOUND is not declared for GET /v1/users/me');
    expect(of('GET', '/v1/users/usr_1', 'ROUTE_NOT_FOUND')).toContain('is not declared');
    expect(of('GET', '/v1/users/usr_1', 'MADE_UP')).toBe('MADE_UP is no code of ours');
  });

  it('says that there is no route, or not for this method, only where there is none', () => {
    expect(of('DELETE', '/v1/users/me', 'METHOD_NOT_ALLOWED')).toBeNull();
    expect(of('DELETE', '/v1/users/me', 'ROUTE_NOT_FOUND')).toContain('is not declared');
    expect(of('GET', '/v1/nothing', 'ROUTE_NOT_FOUND')).toBeNull();
    expect(of('GET', '/v1/nothing', 'USER_NOT_FOUND')).toBe('USER_NOT_FOUND is not declared for GET no route');
  });
});
