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

/** An account as its owner and admins see it. */
export const UserProfile = Type.Object({
  ...User.properties,
  phoneNumber: Type.Optional(Type.String()),
  emailVerified: Type.Boolean(),
});
export type UserProfile = Static<typeof UserProfile>;

export const LoginAnswer = Type.Object({
  accessToken: Type.String(),
  refreshToken: Type.Optional(
    Type.String({ description: 'Absent for our own pages: there it is in a cookie that no script can read' }),
  ),
  tokenType: Type.Literal('Bearer'),
  expiresIn: Type.Integer({ description: 'Seconds until the access token expires' }),
  sessionId: Type.String(),
  user: User,
});
export type LoginAnswer = Static<typeof LoginAnswer>;

/** A body that may be left out, as null or as nothing. */
const OrNothing = <T extends ReturnType<typeof Type.Object>>(schema: T) => Type.Union([schema, Type.Null()]);

const RefreshToken = Type.String({ minLength: 1, maxLength: 128 });

/** Our own pages send no body: their refresh token is in the cookie. */
export const RefreshBody = OrNothing(Type.Object({ refreshToken: Type.Optional(RefreshToken) }, closed));
export type RefreshBody = Static<typeof RefreshBody>;

const Cursor = Type.Optional(Type.String({ minLength: 1, maxLength: 200, description: 'nextCursor of the page before' }));
const Limit = Type.Optional(Type.Integer({ minimum: 1, maximum: 100 }));

export const UsersPageQuery = Type.Object({ limit: Limit, cursor: Cursor }, closed);
export const UsersSearchQuery = Type.Object(
  {
    query: Type.String({ minLength: 1, maxLength: 200, description: 'Part of a username, an e-mail address or a name' }),
    limit: Limit,
    cursor: Cursor,
  },
  closed,
);

export const UserList = Type.Object({ items: Type.Array(UserProfile), nextCursor: Type.Union([Type.String(), Type.Null()]) });
export type UserList = Static<typeof UserList>;

export const UserSession = Type.Object({
  sessionId: Type.String(),
  current: Type.Boolean({ description: 'The session of the access token of this request' }),
  userAgent: Type.Union([Type.String(), Type.Null()]),
  createdAt: Type.String({ format: 'date-time' }),
  lastUsedAt: Type.String({ format: 'date-time' }),
  expiresAt: Type.String({ format: 'date-time', description: 'Unless it is refreshed before' }),
});
export type UserSession = Static<typeof UserSession>;

export const UserSessionList = Type.Object({
  items: Type.Array(UserSession),
  nextCursor: Type.Union([Type.String(), Type.Null()]),
});

export const UpdateUserBody = Type.Object(
  {
    username: Type.Optional(Username),
    email: Type.Optional(Email),
    firstName: Type.Optional(PersonName),
    lastName: Type.Optional(PersonName),
    phoneNumber: Type.Optional(Type.Union([PhoneNumber, Type.Null()])),
  },
  { ...closed, minProperties: 1, description: 'What is absent stays; a phoneNumber of null is removed' },
);
export type UpdateUserBody = Static<typeof UpdateUserBody>;

export const AccountStatusBody = Type.Object({ accountStatus: Type.Enum(ACCOUNT_STATUSES) }, closed);
export const RolesBody = Type.Object({ roles: Roles }, closed);

const MailToken = Type.String({ minLength: 1, maxLength: 128, description: 'From the e-mail' });
export const ForgotPasswordBody = Type.Object({ email: Email }, closed);
export const ResetPasswordBody = Type.Object({ token: MailToken, password: Password }, closed);
/** Noted; the e-mail follows. */
export const AcceptedAnswer = Type.Object({ status: Type.Literal('ACCEPTED') });
/** Without a token it asks for an e-mail with one. */
export const VerifyEmailBody = OrNothing(Type.Object({ token: Type.Optional(MailToken) }, closed));

// Between services.

export const RevocationsQuery = Type.Object({ after: Type.Optional(Type.String({ minLength: 1, maxLength: 100 })) }, closed);

/** Access tokens that are not expired and no longer good, by subject; `next` is `after` of the next page. */
export const RevocationsAnswer = Type.Object({
  revocations: Type.Array(
    Type.Object({
      subject: Type.String({ description: 'A session, or a user whose roles changed' }),
      rolesVersion: Type.Union([Type.Integer(), Type.Null()], {
        description: 'Null for a session; else tokens of the user with an older version are outdated',
      }),
      until: Type.String({ description: 'Afterwards the tokens have expired by themselves' }),
    }),
  ),
  next: Type.Union([Type.String(), Type.Null()]),
});
export type RevocationsAnswer = Static<typeof RevocationsAnswer>;

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
