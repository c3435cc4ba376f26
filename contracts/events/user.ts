import { Type } from 'typebox';

const user = {
  userId: Type.String(),
  username: Type.String(),
  email: Type.String(),
  firstName: Type.String(),
  lastName: Type.String(),
};

export const userEvents = {
  'user.registered': { version: 1, data: Type.Object({ ...user, membership: Type.String(), registeredAt: Type.String() }) },
  'user.logged-in': {
    version: 1,
    data: Type.Object({ userId: Type.String(), sessionId: Type.String(), loggedInAt: Type.String() }),
  },
  'user.logged-out': {
    version: 1,
    data: Type.Object({ userId: Type.String(), sessionId: Type.String(), loggedOutAt: Type.String() }),
  },
  'user.updated': { version: 1, data: Type.Object({ ...user, roles: Type.Array(Type.String()), accountStatus: Type.String() }) },
} as const;
