import { StartupError } from '../../platform/config/startup-error.ts';

/** How people behave, as shares of all of them. `onsale simulate --help` says the same. */
export const SHARES = {
  general: { default: 0.2, meaning: 'of the places sold: general admission, the rest numbered seats' },
  best: {
    default: 0.3,
    meaning: 'of those who want seats: let the system choose; the others look at the map and choose themselves',
  },
  declined: { default: 0.08, meaning: 'of those who pay: the first card is declined, a second one pays' },
  abandoned: { default: 0.06, meaning: 'of those who hold seats: never pay, half of them after they ordered' },
  cancelled: { default: 0.03, meaning: 'of those who ordered: cancel, half of them after they paid' },
  lost: {
    default: 0.03,
    meaning: 'of reservations, orders and charges: the reply is lost; the request is repeated with its key',
  },
  repeated: {
    default: 0.02,
    meaning: 'of reservations, orders and charges: sent once more although answered, as by a double click',
  },
  patient: { default: 0.1, meaning: 'of those who find it sold out: wait for holds that come back' },
  flexible: { default: 0.5, meaning: 'of those who find it sold out: try another event that has something left' },
} as const satisfies Record<string, { default: number; meaning: string }>;

export type ShareName = keyof typeof SHARES;
export type Shares = Readonly<Record<ShareName, number>>;

export const DEFAULT_SHARES: Shares = shares((name) => SHARES[name].default);

/**
 * `abandoned=0.1,lost=0`: what is not named stays as it is.
 *
 * @throws StartupError that says what is wrong
 */
export function parseShares(text: string): Shares {
  const given = new Map<string, number>();
  for (const part of text.split(',').map((one) => one.trim())) {
    const [, name = '', amount = ''] = /^([a-z]+)=(\d*\.?\d+)$/.exec(part) ?? [];
    const value = amount === '' ? NaN : Number(amount);
    if (!isShareName(name) || !(value >= 0 && value <= 1))
      throw new StartupError(
        `--share takes names with a number from 0 to 1, such as abandoned=0.1,lost=0, not ${JSON.stringify(part)}. Names: ${Object.keys(SHARES).join(', ')}.`,
      );
    given.set(name, value);
  }
  return shares((name) => given.get(name) ?? SHARES[name].default);
}

function isShareName(name: string): name is ShareName {
  return Object.hasOwn(SHARES, name);
}

function shares(of: (name: ShareName) => number): Shares {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- an object literal has just the keys of its type
  const names = Object.keys(SHARES) as ShareName[];
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- every name is set
  return Object.fromEntries(names.map((name) => [name, of(name)])) as Shares;
}
