import { type Static, Type } from 'typebox';

const closed = { additionalProperties: false } as const;

export const MEMBERSHIPS = ['REGULAR', 'PREMIUM', 'VIP'] as const;
export type Membership = (typeof MEMBERSHIPS)[number];
export const ACCOUNT_STATUSES = ['ACTIVE', 'INACTIVE', 'BLOCKED'] as const;
export type AccountStatus = (typeof ACCOUNT_STATUSES)[number];
export const USER_ROLES = ['customer', 'organizer', 'door', 'admin'] as const;
export type UserRole = (typeof USER_ROLES)[number];

/** Letters of either case; two names that differ in case only are the same name. */
const Username = Type.String({
  pattern: '^[A-Za-z0-9_.-]{3,32}$',
  description: '3 to 32 of a-z, 0-9, dot, underscore, hyphen; case does not count',
});
const Email = Type.String({ format: 'email', maxLength: 254, description: 'Case does not count' });
const Password = Type.String({ minLength: 8, maxLength: 128 });
/** Something to read and no control characters; names have no other rule that holds for everybody. */
const PersonName = Type.String({
  pattern: '^[^\\x00-\\x1f\\x7f]*[^\\s\\x00-\\x1f\\x7f][^\\x00-\\x1f\\x7f]*$',
  minLength: 1,
  maxLength: 100,
  description: 'One line with something to read',
});
const PhoneNumber = Type.String({ pattern: '^\\+[1-9][0-9]{6,14}$', description: 'E.164, e.g. +12125550123' });
const Roles = Type.Array(Type.Enum(USER_ROLES), { minItems: 1, maxItems: USER_ROLES.length, uniqueItems: true });
const MembershipSchema = Type.Enum(MEMBERSHIPS);

const profile = { username: Username, email: Email, password: Password, firstName: PersonName, lastName: PersonName };

export const RegisterBody = Type.Object({ ...profile, phoneNumber: Type.Optional(PhoneNumber) }, closed);
export type RegisterBody = Static<typeof RegisterBody>;

export const LoginBody = Type.Object(
  {
    username: Type.Optional(Type.String({ minLength: 1, maxLength: 254 })),
    email: Type.Optional(Type.String({ minLength: 1, maxLength: 254 })),
    password: Type.String({ minLength: 1, maxLength: 128 }),
  },
  { ...closed, description: 'Either username or email' },
);
export type LoginBody = Static<typeof LoginBody>;

export const User = Type.Object({
  userId: Type.String(),
  username: Type.String(),
  email: Type.String(),
  firstName: Type.String(),
  lastName: Type.String(),
  roles: Type.Array(Type.Enum(USER_ROLES)),
  membership: MembershipSchema,
  accountStatus: Type.Enum(ACCOUNT_STATUSES),
  createdAt: Type.String({ format: 'date-time' }),
});
export type User = Static<typeof User>;

export const LoginAnswer = Type.Object({
  accessToken: Type.String(),
  refreshToken: Type.String(),
  tokenType: Type.Literal('Bearer'),
  expiresIn: Type.Integer({ description: 'Seconds until the access token expires' }),
  sessionId: Type.String(),
  user: User,
});
export type LoginAnswer = Static<typeof LoginAnswer>;

// Between services.

/** Accounts of the demo: made, or brought to exactly this when the username is there already. */
export const DemoAccountsBody = Type.Object(
  {
    accounts: Type.Array(Type.Object({ ...profile, roles: Roles, membership: MembershipSchema }, closed), {
      minItems: 1,
      maxItems: 20,
    }),
  },
  closed,
);
export type DemoAccountsBody = Static<typeof DemoAccountsBody>;

export const DemoAccountsAnswer = Type.Object({
  accounts: Type.Array(Type.Object({ userId: Type.String(), username: Type.String(), created: Type.Boolean() })),
});
export type DemoAccountsAnswer = Static<typeof DemoAccountsAnswer>;
