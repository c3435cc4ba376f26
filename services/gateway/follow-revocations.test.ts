import { describe, expect, it } from 'vitest';
import { newId } from '../../contracts/ids.ts';
import { createRevocations } from '../../platform/auth/revocations.ts';
import { ApiError } from '../../platform/http/api-error.ts';
import type { ServiceClient } from '../../platform/http/service-client.ts';
import { newDomainEvent } from '../../platform/outbox/new-domain-event.ts';
import { loadRevocations, noteRevocations } from './follow-revocations.ts';

const user = (rolesVersion = 0) => ({
  kind: 'user' as const,
  userId: newId('user'),
  sessionId: newId('session'),
  roles: ['customer' as const],
  rolesVersion,
});
const soon = new Date(Date.now() + 60_000).toISOString();

/** A users service that answers with these in turn; the last one again and again. */
function usersService(...answers: unknown[]): { services: ServiceClient; asked: string[] } {
  const asked: string[] = [];
  const call = async <T>(_service: string, path: string): Promise<T> => {
    const answer = answers[Math.min(asked.push(path), answers.length) - 1];
    if (answer instanceof Error) throw answer;
    return answer as T;
  };
  return { services: { call }, asked };
}

describe('what was revoked before the door opened', () => {
  it('is read page by page', async () => {
    const [ended, outdated] = [user(), user(2)];
    const { services, asked } = usersService(
      { revocations: [{ subject: ended.sessionId, rolesVersion: null, until: soon }], next: ended.sessionId },
      { revocations: [{ subject: outdated.userId, rolesVersion: 3, until: soon }], next: null },
    );
    const revocations = createRevocations();
    await loadRevocations(services, revocations);
    expect(asked).toEqual(['/internal/revocations', `/internal/revocations?after=${ended.sessionId}`]);
    expect([revocations.refusalOf(ended), revocations.refusalOf(outdated)]).toEqual(['UNAUTHENTICATED', 'TOKEN_EXPIRED']);
  });

  it('is waited for while the users service does not answer', async () => {
    const away = new ApiError('SERVICE_UNAVAILABLE', 'away');
    const { services, asked } = usersService(away, away, { revocations: [], next: null });
    await loadRevocations(services, createRevocations(), 1);
    expect(asked).toHaveLength(3);
  });

  it('keeps the door shut when it cannot be had', async () => {
    const away = usersService(new ApiError('SERVICE_UNAVAILABLE', 'away'));
    await expect(loadRevocations(away.services, createRevocations(), 0)).rejects.toThrow('away');
    expect(away.asked).toHaveLength(60);
    const broken = usersService(new Error('not what it should be'));
    await expect(loadRevocations(broken.services, createRevocations(), 0)).rejects.toThrow('not what');
    expect(broken.asked).toHaveLength(1);
  });
});

describe('what is revoked afterwards', () => {
  const source = '/onsale/users';
  const names = { username: 'ada', email: 'ada@example.com', firstName: 'Ada', lastName: 'L' };

  it('is learnt from the domain events of users', () => {
    const [ended, outdated, renamed] = [user(), user(), user()];
    const time = new Date().toISOString();
    const { userId, sessionId } = ended;
    const loggedOut = { userId, sessionId, loggedOutAt: time, reason: 'LOGGED_OUT' as const, tokensExpireAt: soon };
    const account = { ...names, roles: ['customer'], rolesVersion: 1, accountStatus: 'ACTIVE' };
    const revocations = createRevocations();
    noteRevocations(
      [
        newDomainEvent({ type: 'user.logged-out', source, subject: userId, time, data: loggedOut }),
        newDomainEvent({
          type: 'user.updated',
          source,
          subject: outdated.userId,
          time,
          data: { ...account, userId: outdated.userId, tokensExpireAt: soon },
        }),
        newDomainEvent({
          type: 'user.updated',
          source,
          subject: renamed.userId,
          time,
          data: { ...account, userId: renamed.userId },
        }),
      ],
      revocations,
    );
    expect([ended, outdated, renamed].map((one) => revocations.refusalOf(one))).toEqual([
      'UNAUTHENTICATED',
      'TOKEN_EXPIRED',
      null,
    ]);
  });
});
