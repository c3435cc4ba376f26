import type { DemoAccountsBody } from '../contracts/http/users.ts';

export const DEMO_PASSWORD = 'onsale-demo';

type DemoAccount = DemoAccountsBody['accounts'][number];
type Kind = Pick<DemoAccount, 'roles' | 'membership'>;

function account(username: string, firstName: string, lastName: string, kind: Kind): DemoAccount {
  return { username, email: `${username}@demo.com`, password: DEMO_PASSWORD, firstName, lastName, ...kind };
}

/** Known to everybody who reads the README, so they exist in demo mode only. */
export const DEMO_ACCOUNTS: readonly DemoAccount[] = [
  account('alice', 'Alice', 'Moreau', { roles: ['customer'], membership: 'PREMIUM' }),
  account('bob', 'Bob', 'Okafor', { roles: ['customer'], membership: 'REGULAR' }),
  account('charlie', 'Charlie', 'Lindqvist', { roles: ['customer'], membership: 'VIP' }),
  account('organizer', 'Olivia', 'Reyes', { roles: ['organizer'], membership: 'REGULAR' }),
  account('door', 'Dora', 'Petrov', { roles: ['door'], membership: 'REGULAR' }),
  account('admin', 'Adam', 'Novak', { roles: ['admin'], membership: 'REGULAR' }),
];

/** Who makes the demo's venues and events. */
export const DEMO_ORGANIZER = 'organizer';

/** Who buys what is sold in the demo already. */
export const DEMO_BUYERS = ['alice', 'bob', 'charlie'] as const;
