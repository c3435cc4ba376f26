export const ROLES = ['customer', 'organizer', 'door', 'admin'] as const;
export type Role = (typeof ROLES)[number];

/** Counts the changes of a user's roles; a token with an older version than the newest is outdated. Absent: 0. */
type Versioned = { rolesVersion?: number };

/** Who makes a request, proven by an access token or an internal credential. */
export type Identity =
  | ({ kind: 'user'; userId: string; sessionId: string; roles: readonly Role[] } & Versioned)
  | { kind: 'service'; service: string };

export type UserIdentity = Extract<Identity, { kind: 'user' }>;
