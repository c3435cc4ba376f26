import { readFileSync } from 'node:fs';

/** What is added to the price of a ticket. Percentages have at most 3 decimals, so `Math.round(percent * 1000)` is exact. */
export type Pricing = {
  readonly feePercent: number;
  /** Minor units of the currency that a ticket is sold in, whatever its decimals. */
  readonly feeFixedCents: number;
  /** Takes the place of `feeFixedCents` for these currencies. */
  readonly feeFixedCentsOf: ReadonlyMap<string, number>;
  readonly taxPercent: number;
};

/** By country, in capitals as `countryKey` makes them. */
export type CountryPricing = ReadonlyMap<string, Pricing>;

const MAX_COUNTRIES = 1_000;
const MAX_FIXED_CENTS = 1_000_000;
const FIELDS = ['feePercent', 'feeFixedCents', 'taxPercent'];

/** Countries are compared whatever their capitals. */
export function countryKey(country: string): string {
  return country.trim().toUpperCase();
}

/**
 * Reads PRICING_FILE: `{"NL": {"feePercent": 5, "feeFixedCents": {"EUR": 50, "default": 0}, "taxPercent": 9}, …}`. What a country
 * does not name is as in `defaults`.
 *
 * @param problems what is wrong is added here, each with its place in the file
 */
export function readPricingFile(path: string, defaults: Pricing, problems: string[]): CountryPricing {
  const read = parse(path);
  const complain = (problem: string): void => void problems.push(`PRICING_FILE ${path}: ${problem}`);
  if ('problem' in read) {
    complain(read.problem);
    return new Map();
  }
  if (!isObject(read.value)) {
    complain('must be an object of countries, like {"NL": {"taxPercent": 9}}');
    return new Map();
  }
  const entries = Object.entries(read.value);
  if (entries.length > MAX_COUNTRIES) complain(`names more than ${MAX_COUNTRIES} countries`);
  const countries = new Map<string, Pricing>();
  for (const [name, value] of entries.slice(0, MAX_COUNTRIES)) {
    const key = countryKey(name);
    if (key === '') complain('a country has no name');
    if (countries.has(key)) complain(`${name} is named twice`);
    countries.set(key, pricingOf(name, value, defaults, complain));
  }
  return countries;
}

function parse(path: string): { value: unknown } | { problem: string } {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    return { problem: `cannot be read (${error instanceof Error ? error.message : String(error)})` };
  }
  try {
    return { value: JSON.parse(text) };
  } catch (error) {
    return { problem: `is not JSON (${error instanceof Error ? error.message : String(error)})` };
  }
}

function pricingOf(country: string, value: unknown, defaults: Pricing, complain: (problem: string) => void): Pricing {
  if (!isObject(value)) {
    complain(`${country} must be an object with ${FIELDS.join(', ')}`);
    return defaults;
  }
  for (const name of Object.keys(value))
    if (!FIELDS.includes(name)) complain(`${country}.${name} is none of ${FIELDS.join(', ')}`);
  const percent = (name: 'feePercent' | 'taxPercent'): number => {
    const given = value[name] === undefined ? defaults[name] : value[name];
    if (isPercent(given)) return given;
    complain(`${country}.${name} must be a number from 0 to 100 with at most 3 decimals, not ${JSON.stringify(given)}`);
    return 0;
  };
  return {
    feePercent: percent('feePercent'),
    taxPercent: percent('taxPercent'),
    ...fixedFees(country, value, defaults, complain),
  };
}

type FixedFees = Pick<Pricing, 'feeFixedCents' | 'feeFixedCentsOf'>;

/** One number for every currency, or one for each with a `default`, so that no currency is forgotten silently. */
function fixedFees(
  country: string,
  { feeFixedCents: given }: Record<string, unknown>,
  defaults: Pricing,
  complain: (problem: string) => void,
): FixedFees {
  if (given === undefined) return { feeFixedCents: defaults.feeFixedCents, feeFixedCentsOf: defaults.feeFixedCentsOf };
  const cents = (name: string, value: unknown): number => {
    if (typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= MAX_FIXED_CENTS) return value;
    complain(
      `${name} must be a whole number of minor units from 0 to ${MAX_FIXED_CENTS}, not ${JSON.stringify(value) ?? 'absent'}`,
    );
    return 0;
  };
  const name = `${country}.feeFixedCents`;
  if (!isObject(given)) return { feeFixedCents: cents(name, given), feeFixedCentsOf: new Map() };
  const { default: others, ...currencies } = given;
  for (const currency of Object.keys(currencies))
    if (!/^[A-Z]{3}$/.test(currency)) complain(`${name}.${currency} is not an ISO 4217 code like EUR, nor default`);
  return {
    feeFixedCents: cents(`${name}.default`, others),
    feeFixedCentsOf: new Map(
      Object.entries(currencies).map(([currency, value]) => [currency, cents(`${name}.${currency}`, value)]),
    ),
  };
}

function isPercent(value: unknown): value is number {
  return typeof value === 'number' && value >= 0 && value <= 100 && Math.abs(value * 1_000 - Math.round(value * 1_000)) < 1e-6;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
