const CURRENCIES = new Set(Intl.supportedValuesOf('currency'));

/** Whether ISO 4217 has this currency. */
export function isCurrency(code: string): boolean {
  return CURRENCIES.has(code);
}

/** Whether the IANA time zone database has this name. Offsets like `+02:00` are none: they do not know of summer time. */
export function isTimezone(name: string): boolean {
  if (!/^[A-Za-z]/.test(name)) return false;
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}
