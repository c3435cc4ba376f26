import { Type } from 'typebox';

const user = {
  userId: Type.String(),
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
  'user.registered': { version: 1, data: Type.Object({ ...user, membership: Type.String(), registeredAt: Type.String() }) },
  'user.logged-in': {
    version: 1,
    data: Type.Object({ userId: Type.String(), sessionId: Type.String(), loggedInAt: Type.String() }),
  },
  'user.logged-out': {
    version: 1,
    data: Type.Object({
      userId: Type.String(),
      sessionId: Type.String(),
      loggedOutAt: Type.String(),
      reason: Type.Enum(SESSION_END_REASONS),
      tokensExpireAt,
    }),
  },
  'user.updated': {
    version: 1,
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
