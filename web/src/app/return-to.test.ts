import { describe, expect, it } from 'vitest';
import { returnSearch } from './return-to.ts';

describe('the way back after signing in', () => {
  it('is a path of this site', () => {
    expect(returnSearch({ returnTo: '/events/evt_1' })).toEqual({ returnTo: '/events/evt_1' });
  });

  it.each(['//evil.example', '/\\evil.example', 'https://evil.example', 'events', '', 7])('is never %s', (returnTo) => {
    expect(returnSearch({ returnTo })).toEqual({});
  });
});
