/**
 * What this tab remembers over a reload: the choice of seats, the hold, the key of a payment under way. Never a token.
 * A browser that refuses storage only loses that convenience.
 */
export function remember(key: string, value: unknown): void {
  try {
    sessionStorage.setItem(`onsale.${key}`, JSON.stringify(value));
  } catch {
    // Storage is full or forbidden.
  }
}

export function forget(key: string): void {
  try {
    sessionStorage.removeItem(`onsale.${key}`);
  } catch {
    // Storage is forbidden.
  }
}

/** What was remembered, if it still has the form the caller expects. */
export function recall<T>(key: string, isValid: (value: unknown) => value is T): T | null {
  try {
    const value: unknown = JSON.parse(sessionStorage.getItem(`onsale.${key}`) ?? 'null');
    return isValid(value) ? value : null;
  } catch {
    return null;
  }
}
