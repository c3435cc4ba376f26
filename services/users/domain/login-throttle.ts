/**
 * Slows down guessing of passwords. Two counts: of an account from one address, whose waits double with every failure; and of an
 * account from all addresses together, against guessing from many. An address from which somebody has signed in to the account
 * is not held back by the second, so nobody can lock others out by failing in their name.
 */
export type LoginThrottle = {
  /**
   * Counts an attempt as failed before its password is looked at, so that attempts at the same time are counted too.
   *
   * @returns 0 when it may go on, else the milliseconds to wait; an attempt that must wait is not counted
   */
  take(account: string, address: string, nowMs: number): number;
  /** The attempt was right: its failures are forgotten, and the address is known from now on. */
  succeeded(account: string, address: string, nowMs: number): void;
  /** The attempt was not looked at. */
  undo(account: string, address: string, nowMs: number): void;
};

type FromAddress = { failures: number; nextAtMs: number; lastAtMs: number; known: boolean };

/** Typing errors that cost nothing. */
const FREE_FAILURES = 4;
const FIRST_WAIT_MS = 1_000;
/** Waits end here: somebody behind the address of an attacker gets their turn too. */
const MAX_WAIT_MS = 5 * 60_000;
/** Failures are forgotten when there was none for so long. */
const FORGET_MS = 60 * 60_000;
/** From all addresses together: so many at once, then one in this time. */
const ACCOUNT_BURST = 50;
const ACCOUNT_STEP_MS = 30_000;

/** @param maxEntries how many accounts, and pairs of account and address, are remembered at least; beyond twice that many the eldest go */
export function createLoginThrottle(maxEntries: number): LoginThrottle {
  const addresses = createGenerations<FromAddress>(maxEntries);
  /** When the account's allowance is whole again (generic cell rate algorithm). */
  const accounts = createGenerations<number>(maxEntries);

  function entryOf(key: string, nowMs: number): FromAddress {
    const entry = addresses.get(key) ?? { failures: 0, nextAtMs: 0, lastAtMs: nowMs, known: false };
    return nowMs - entry.lastAtMs > FORGET_MS ? { ...entry, failures: 0, nextAtMs: 0 } : entry;
  }

  function giveBack(account: string, nowMs: number): void {
    const wholeAtMs = accounts.get(account);
    if (wholeAtMs !== undefined) accounts.set(account, Math.max(nowMs, wholeAtMs - ACCOUNT_STEP_MS));
  }

  return {
    take: (account, address, nowMs) => {
      const key = pair(account, address);
      const entry = entryOf(key, nowMs);
      if (nowMs < entry.nextAtMs) return entry.nextAtMs - nowMs;
      const wholeAtMs = Math.max(accounts.get(account) ?? nowMs, nowMs);
      const accountWaitMs = wholeAtMs + ACCOUNT_STEP_MS - nowMs - ACCOUNT_BURST * ACCOUNT_STEP_MS;
      if (accountWaitMs > 0 && !entry.known) return accountWaitMs;
      // Failures of a known address do not use up what others may try.
      if (!entry.known) accounts.set(account, wholeAtMs + ACCOUNT_STEP_MS);
      const failures = entry.failures + 1;
      addresses.set(key, { ...entry, failures, nextAtMs: nowMs + waitMs(failures), lastAtMs: nowMs });
      return 0;
    },
    succeeded: (account, address, nowMs) => {
      const key = pair(account, address);
      if (!entryOf(key, nowMs).known) giveBack(account, nowMs);
      addresses.set(key, { failures: 0, nextAtMs: 0, lastAtMs: nowMs, known: true });
    },
    undo: (account, address, nowMs) => {
      const key = pair(account, address);
      const entry = entryOf(key, nowMs);
      if (!entry.known) giveBack(account, nowMs);
      addresses.set(key, { ...entry, failures: Math.max(0, entry.failures - 1), nextAtMs: 0 });
    },
  };
}

function pair(account: string, address: string): string {
  return `${account}\n${address}`;
}

function waitMs(failures: number): number {
  return failures <= FREE_FAILURES ? 0 : Math.min(MAX_WAIT_MS, FIRST_WAIT_MS * 2 ** (failures - FREE_FAILURES - 1));
}

/** A map that forgets: two generations, and when the younger is full the elder is dropped. */
function createGenerations<T>(limit: number) {
  let young = new Map<string, T>();
  let old = new Map<string, T>();
  return {
    get: (key: string): T | undefined => young.get(key) ?? old.get(key),
    set: (key: string, value: T): void => {
      if (young.size >= limit && !young.has(key)) {
        old = young;
        young = new Map();
      }
      young.set(key, value);
    },
  };
}
