export const ROLES = ['customer', 'organizer', 'door', 'admin'] as const;
export type Role = (typeof ROLES)[number];

/** Who makes a request, proven by an access token or an internal credential. */
export type Identity =
  { kind: 'user'; userId: string; sessionId: string; roles: readonly Role[] } | { kind: 'service'; service: string };

export type UserIdentity = Extract<Identity, { kind: 'user' }>;
