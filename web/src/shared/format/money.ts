/** The pages are in English; this one writes $, £ and € without a country's letters. */
const LOCALE = 'en-US';
const formatters = new Map<string, Intl.NumberFormat>();

function formatter(currency: string, whole: boolean): Intl.NumberFormat {
  const key = `${currency}/${whole}`;
  const known = formatters.get(key);
  if (known !== undefined) return known;
  const made = new Intl.NumberFormat(LOCALE, { style: 'currency', currency, ...(whole && { maximumFractionDigits: 0 }) });
  formatters.set(key, made);
  return made;
}

/** How many minor units make one of the currency: 100 for dollars, 1 for yen. */
function minorUnits(currency: string): number {
  return 10 ** (formatter(currency, false).resolvedOptions().maximumFractionDigits ?? 2);
}

/** An amount as it is printed on a stub: always with its minor units. */
export function formatMoney(cents: number, currency: string): string {
  return formatter(currency, false).format(cents / minorUnits(currency));
}

/** An amount where space is short: without minor units when there are none. */
export function formatMoneyShort(cents: number, currency: string): string {
  const units = minorUnits(currency);
  return formatter(currency, cents % units === 0).format(cents / units);
}

/** An amount as one says it: "150 dollars". */
export function speakMoney(cents: number, currency: string): string {
  const units = minorUnits(currency);
  return new Intl.NumberFormat(LOCALE, {
    style: 'currency',
    currency,
    currencyDisplay: 'name',
    ...(cents % units === 0 && { maximumFractionDigits: 0 }),
  }).format(cents / units);
}
