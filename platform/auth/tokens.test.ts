import { createSigner } from 'fast-jwt';
import { describe, expect, it } from 'vitest';
import { newId } from '../../contracts/ids.ts';
import { createAccessTokens } from './access-tokens.ts';
import { identifyServices, identifyUsers } from './identify.ts';
import { CREDENTIAL_HEADER, createCredentialIssuer, createCredentialVerifier } from './internal-credentials.ts';
import type { UserIdentity } from './identity.ts';

const SECRET = 'a-secret-for-tests-only';
const user: UserIdentity = { kind: 'user', userId: newId('user'), sessionId: newId('session'), roles: ['customer', 'organizer'] };

function clockAt(start: number) {
  let now = start;
  return { now: () => new Date(now), pass: (ms: number) => (now += ms) };
}

const claims = {
  iss: 'onsale',
  aud: 'onsale',
  sub: user.userId,
  sid: user.sessionId,
  roles: ['customer'],
  iat: 1_000_000,
  exp: 1_000_060,
};

function foreign(changes: Record<string, unknown>, options: { key?: string; algorithm?: 'HS256' | 'HS512' } = {}): string {
  return createSigner({ key: options.key ?? SECRET, algorithm: options.algorithm ?? 'HS256' })({ ...claims, ...changes });
}

function unsigned(): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part({ alg: 'none', typ: 'JWT' })}.${part(claims)}.`;
}

describe('an access token', () => {
  const clock = clockAt(1_000_000_000);
  const tokens = createAccessTokens({ jwtSecret: SECRET, ttlSeconds: 60, clock });

  it('proves the user it was made for', () => {
    const { accessToken, expiresInSeconds } = tokens.sign(user);
    expect(expiresInSeconds).toBe(60);
    expect(tokens.verify(accessToken)).toEqual({ ok: true, value: user, expiresAtSeconds: 1_000_060 });
  });

  it('ends on time, also when it was remembered', () => {
    const later = clockAt(1_000_000_000);
    const own = createAccessTokens({ jwtSecret: SECRET, ttlSeconds: 60, clock: later });
    const { accessToken } = own.sign(user);
    later.pass(59_000);
    expect(own.verify(accessToken).ok).toBe(true);
    later.pass(1_000);
    expect(own.verify(accessToken)).toEqual({ ok: false, reason: 'EXPIRED' });
  });

  it('is accepted in the form that we sign', () => expect(tokens.verify(foreign({})).ok).toBe(true));

  it.each([
    ['no signature at all', unsigned()],
    ['another key', foreign({}, { key: 'another-secret' })],
    ['another algorithm with our key', foreign({}, { algorithm: 'HS512' })],
    ['another issuer', foreign({ iss: 'onsale-internal' })],
    ['another audience', foreign({ aud: 'seating' })],
    ['no end', foreign({ exp: undefined })],
    ['an end beyond what we give', foreign({ exp: 1_000_000 + 100_000_000 })],
    ['no user', foreign({ sub: 'someone' })],
    ['an unknown role', foreign({ roles: ['root'] })],
    ['no session', foreign({ sid: undefined })],
    [
      'a changed payload',
      `${foreign({}).split('.')[0]}.${foreign({ roles: ['admin'] }).split('.')[1]}.${foreign({}).split('.')[2]}`,
    ],
    ['nothing in it', ''],
    ['no structure', 'abc'],
  ])('is refused with %s', (_what, token) => {
    expect(tokens.verify(token)).toEqual({ ok: false, reason: 'INVALID' });
  });

  it('is taken from the Authorization header, whatever the case of the scheme', () => {
    const identify = identifyUsers(tokens);
    const { accessToken } = tokens.sign(user);
    expect(identify({ authorization: `bearer ${accessToken}` }).identity).toEqual(user);
    expect(identify({ authorization: `Basic ${accessToken}` })).toMatchObject({ identity: null, refusal: 'UNAUTHENTICATED' });
    expect(identify({})).toEqual({ identity: null, callingService: null, refusal: null });
  });
});

describe('an internal credential', () => {
  const clock = clockAt(1_000_000_000);
  const issue = createCredentialIssuer({ internalSecret: SECRET, service: 'orders', clock });
  const seating = identifyServices(createCredentialVerifier({ internalSecret: SECRET, service: 'seating', clock }));
  const door = (credential: string) => seating({ [CREDENTIAL_HEADER]: credential });

  it('proves the calling service to the one it is for', () => {
    expect(door(issue('seating'))).toEqual({
      identity: { kind: 'service', service: 'orders' },
      callingService: 'orders',
      refusal: null,
    });
    expect(door(issue('payments'))).toMatchObject({ identity: null, refusal: 'UNAUTHENTICATED' });
  });

  it('carries the user on whose behalf the call is made', () => {
    expect(door(issue('seating', user))).toEqual({ identity: user, callingService: 'orders', refusal: null });
  });

  it('is reused for a while and lives no longer than a minute', () => {
    const own = clockAt(1_000_000_000);
    const make = createCredentialIssuer({ internalSecret: SECRET, service: 'orders', clock: own });
    const first = make('seating');
    own.pass(29_000);
    expect(make('seating')).toBe(first);
    own.pass(2_000);
    expect(make('seating')).not.toBe(first);
    const verify = createCredentialVerifier({ internalSecret: SECRET, service: 'seating', clock: own });
    own.pass(28_900);
    expect(verify(first).ok).toBe(true);
    own.pass(100);
    expect(verify(first)).toEqual({ ok: false, reason: 'EXPIRED' });
  });

  it('is not an access token, nor the other way round, also with one key for both', () => {
    const tokens = createAccessTokens({ jwtSecret: SECRET, ttlSeconds: 60, clock });
    expect(tokens.verify(issue('seating')).ok).toBe(false);
    expect(door(tokens.sign(user).accessToken).identity).toBeNull();
    expect(seating({ authorization: `Bearer ${tokens.sign(user).accessToken}` }).identity).toBeNull();
  });
});
