import { describe, expect, it } from 'vitest';
import { newId } from '../../contracts/ids.ts';
import { createAccessTokens } from './access-tokens.ts';
import { identifyUsers } from './identify.ts';
import { createRevocations } from './revocations.ts';

function clockAt(start: number) {
  let now = start;
  return { now: () => new Date(now), pass: (ms: number) => (now += ms) };
}

const someone = (rolesVersion?: number) => ({
  kind: 'user' as const,
  userId: newId('user'),
  sessionId: newId('session'),
  roles: ['customer' as const],
  ...(rolesVersion === undefined ? {} : { rolesVersion }),
});

describe('revoked access tokens', () => {
  const soon = new Date(Date.now() + 60_000);

  it('are those of an ended session, and of no other', () => {
    const revocations = createRevocations();
    const [ended, other] = [someone(), someone()];
    revocations.endSession(ended.sessionId, soon);
    expect([revocations.refusalOf(ended), revocations.refusalOf(other)]).toEqual(['UNAUTHENTICATED', null]);
  });

  it('are those with older roles; whoever has the new ones goes on', () => {
    const revocations = createRevocations();
    const user = someone();
    revocations.outdateRoles(user.userId, 2, soon);
    expect(revocations.refusalOf(user)).toBe('TOKEN_EXPIRED');
    expect(revocations.refusalOf({ ...user, rolesVersion: 1 })).toBe('TOKEN_EXPIRED');
    expect(revocations.refusalOf({ ...user, rolesVersion: 2 })).toBe(null);
    revocations.outdateRoles(user.userId, 1, soon);
    expect(revocations.refusalOf({ ...user, rolesVersion: 1 })).toBe('TOKEN_EXPIRED');
  });

  it('are refused at the door also when the token was remembered as good', () => {
    const revocations = createRevocations();
    const tokens = createAccessTokens({ jwtSecret: 'a secret of tests', ttlSeconds: 60 });
    const identify = identifyUsers(tokens, revocations);
    const user = someone(3);
    const headers = { authorization: `Bearer ${tokens.sign(user).accessToken}` };
    expect(identify(headers)).toMatchObject({ identity: user, refusal: null });
    revocations.outdateRoles(user.userId, 4, soon);
    expect(identify(headers)).toMatchObject({ identity: null, refusal: 'TOKEN_EXPIRED' });
    revocations.endSession(user.sessionId, soon);
    expect(identify(headers)).toMatchObject({ identity: null, refusal: 'UNAUTHENTICATED' });
  });

  it('are forgotten when they have expired by themselves, so that memory does not grow with time', () => {
    const clock = clockAt(Date.now());
    const revocations = createRevocations(clock);
    for (let minute = 0; minute < 100; minute++) {
      const until = new Date(clock.now().getTime() + 60_000);
      for (let i = 0; i < 500; i++) revocations.endSession(newId('session'), until);
      revocations.outdateRoles(newId('user'), 1, until);
      clock.pass(60_000);
    }
    expect(revocations.size).toBeLessThan(2_100);
    const late = someone();
    revocations.endSession(late.sessionId, new Date(clock.now().getTime() + 1));
    expect(revocations.refusalOf(late)).toBe('UNAUTHENTICATED');
  });

  it('are told to whoever wants to know at once', () => {
    const revocations = createRevocations();
    let told = 0;
    revocations.onChange(() => (told += 1));
    revocations.endSession('ses', soon);
    revocations.outdateRoles('usr', 1, soon);
    expect(told).toBe(2);
  });
});
