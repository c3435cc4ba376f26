import { Type } from 'typebox';
import { SessionId, Time, UserId } from './fields.ts';

const user = {
  userId: UserId,
  username: Type.String(),
  email: Type.String(),
  firstName: Type.String(),
  lastName: Type.String(),
};

export const SESSION_END_REASONS = [
  'LOGGED_OUT',
  'REVOKED',
  'REFRESH_TOKEN_REUSED',
  'PASSWORD_RESET',
  'ACCOUNT_BLOCKED',
  'ACCOUNT_DELETED',
] as const;

const tokensExpireAt = Type.String({ description: 'Until then access tokens exist that are to be refused' });

export const userEvents = {
  'user.registered': {
    version: 1,
    by: 'users',
    summary: 'Somebody made an account.',
    data: Type.Object({ ...user, membership: Type.String(), registeredAt: Time }),
  },
  'user.logged-in': {
    version: 1,
    by: 'users',
    summary: 'A session began.',
    data: Type.Object({ userId: UserId, sessionId: SessionId, loggedInAt: Time }),
  },
  'user.logged-out': {
    version: 1,
    by: 'users',
    summary: 'A session ended, whoever ended it. Its access tokens are refused from now on.',
    data: Type.Object({
      userId: UserId,
      sessionId: SessionId,
      loggedOutAt: Time,
      reason: Type.Enum(SESSION_END_REASONS),
      tokensExpireAt,
    }),
  },
  'user.updated': {
    version: 1,
    by: 'users',
    summary: 'Profile, roles or status of an account changed, or it was deleted.',
    data: Type.Object({
      ...user,
      roles: Type.Array(Type.String()),
      rolesVersion: Type.Integer({
        description: 'Counts the changes of the roles; access tokens with an older one are outdated',
      }),
      accountStatus: Type.String(),
      tokensExpireAt: Type.Optional(tokensExpireAt),
      deletedAt: Type.Optional(Type.String({ description: 'The account is gone; its names above are made up' })),
    }),
  },
} as const;
