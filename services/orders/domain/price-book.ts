import type { PriceRules } from './pricing.ts';

/** Rules of one country: a fixed fee per currency where one is named, else the same number of minor units in every currency. */
export type CountryRules = PriceRules & { feeFixedCentsOf: ReadonlyMap<string, number> };

/** What is added to prices, by the country of the venue. */
export type PriceBook = { others: CountryRules; countries: ReadonlyMap<string, CountryRules> };

/** The rules for tickets sold in this currency. `country` is null when no country has rules of its own. */
export function rulesFor(book: PriceBook, country: string | null, currency: string): PriceRules {
  const found = (country === null ? undefined : book.countries.get(country)) ?? book.others;
  const { feeMilliPercent, taxMilliPercent } = found;
  return { feeMilliPercent, taxMilliPercent, feeFixedCents: found.feeFixedCentsOf.get(currency) ?? found.feeFixedCents };
}
