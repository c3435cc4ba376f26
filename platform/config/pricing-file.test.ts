import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../test/support/temporary-folder.ts';
import { readPricingFile, type Pricing } from './pricing-file.ts';
import { loadSettings } from './settings.ts';

const DEFAULTS: Pricing = { feePercent: 1, feeFixedCents: 30, feeFixedCentsOf: new Map(), taxPercent: 2 };
const SERVER = {
  DATABASE_URL: 'postgres://onsale:pw@db.example:5432/onsale',
  JWT_SECRET: 'j'.repeat(32),
  INTERNAL_SECRET: 'i'.repeat(32),
};

let folder: string;
let path: string;
beforeEach(() => {
  folder = temporaryFolder();
  path = join(folder, 'pricing.json');
});
afterEach(() => rmSync(folder, { recursive: true }));

function read(text: unknown) {
  writeFileSync(path, typeof text === 'string' ? text : JSON.stringify(text));
  const problems: string[] = [];
  return { countries: readPricingFile(path, DEFAULTS, problems), problems };
}

describe('the pricing file', () => {
  it('gives each country its own fees and tax, and what it does not name as everywhere', () => {
    const { countries, problems } = read({
      NL: { feePercent: 5.125, feeFixedCents: { EUR: 50, default: 0 }, taxPercent: 9 },
      jp: { feeFixedCents: 110 },
    });
    expect(problems).toEqual([]);
    expect(countries.get('NL')).toEqual({
      feePercent: 5.125,
      feeFixedCents: 0,
      feeFixedCentsOf: new Map([['EUR', 50]]),
      taxPercent: 9,
    });
    expect(countries.get('JP')).toEqual({ ...DEFAULTS, feeFixedCents: 110 });
  });

  it.each([
    ['{', /is not JSON/],
    [[], /must be an object of countries/],
    [{ NL: 9 }, /NL must be an object/],
    [{ NL: {}, ' nl': {} }, /nl is named twice/],
    [{ '': {} }, /a country has no name/],
    [{ NL: { tax: 9 } }, /NL\.tax is none of feePercent, feeFixedCents, taxPercent/],
    [{ NL: { taxPercent: 101 } }, /NL\.taxPercent must be a number from 0 to 100 with at most 3 decimals, not 101/],
    [{ NL: { feePercent: 1.2345 } }, /NL\.feePercent must be .* not 1\.2345/],
    [{ NL: { feePercent: '5' } }, /NL\.feePercent must be .* not "5"/],
    [{ NL: { feeFixedCents: 1.5 } }, /NL\.feeFixedCents must be a whole number/],
    [{ NL: { feeFixedCents: { EUR: 50 } } }, /NL\.feeFixedCents\.default must be .* not absent/],
    [{ NL: { feeFixedCents: { eur: 50, default: 0 } } }, /NL\.feeFixedCents\.eur is not an ISO 4217 code/],
    [{ NL: { feeFixedCents: { EUR: -1, default: 0 } } }, /NL\.feeFixedCents\.EUR must be .* not -1/],
  ])('%j stops the start with its place named', (text, problem) => {
    expect(read(text).problems.join('\n')).toMatch(problem);
  });

  it('is read with the settings, and a missing one is said with all other problems', () => {
    writeFileSync(path, '{"NL":{"taxPercent":9}}');
    const { pricing } = loadSettings({ ...SERVER, PRICING_FILE: path, FEE_PERCENT: '2' });
    expect(pricing.countries.get('NL')).toMatchObject({ feePercent: 2, taxPercent: 9 });
    expect(pricing.taxPercent).toBe(0);
    const gone = { ...SERVER, PRICING_FILE: join(folder, 'gone.json'), JWT_SECRET: '' };
    expect(() => loadSettings(gone)).toThrow(/JWT_SECRET is required[\s\S]*PRICING_FILE .*gone\.json: cannot be read/);
  });
});
