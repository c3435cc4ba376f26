import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rulesFor, type CountryRules } from './price-book.ts';
import { priceOrder, valueOf } from './pricing.ts';

const others: CountryRules = { feeMilliPercent: 1_000, feeFixedCents: 30, feeFixedCentsOf: new Map(), taxMilliPercent: 0 };
const dutch: CountryRules = { ...others, feeFixedCents: 5, feeFixedCentsOf: new Map([['EUR', 50]]), taxMilliPercent: 9_000 };
const book = { others, countries: new Map([['NL', dutch]]) };

describe('the price book', () => {
  it('has the rules of the country, and those of all others for the rest', () => {
    expect(rulesFor(book, 'NL', 'EUR').taxMilliPercent).toBe(9_000);
    expect(rulesFor(book, 'DE', 'EUR').taxMilliPercent).toBe(0);
    expect(rulesFor(book, null, 'EUR').taxMilliPercent).toBe(0);
  });

  it('takes the fixed fee of the currency, else the one for every currency', () => {
    expect(rulesFor(book, 'NL', 'EUR').feeFixedCents).toBe(50);
    expect(rulesFor(book, 'NL', 'USD').feeFixedCents).toBe(5);
    expect(rulesFor(book, 'DE', 'JPY').feeFixedCents).toBe(30);
  });

  it.each([
    // ¥5,500 + (550 + 110) = ¥6,160; 10 % of it is ¥616: nothing smaller than a yen.
    ['JPY', 5_500, 110, { feeCents: 660, taxCents: 616, totalCents: 6_776 }],
    // KWD 12.345 + (1.2345 → 1.235 + 0.250) = 13.830; 10 % of it is 1.383: fils, of which a dinar has 1,000.
    ['KWD', 12_345, 250, { feeCents: 1_485, taxCents: 1_383, totalCents: 15_213 }],
  ])('prices in the minor units of %s', (currency, priceCents, fixed, expected) => {
    const rules: CountryRules = {
      feeMilliPercent: 10_000,
      feeFixedCents: 0,
      feeFixedCentsOf: new Map([[currency, fixed]]),
      taxMilliPercent: 10_000,
    };
    const seat = { seatCode: 'A-1', section: 'A', priceCents };
    expect(priceOrder([seat], rulesFor({ others: rules, countries: new Map() }, null, currency))).toMatchObject(expected);
  });

  it('leaves no unit over in any currency: what the tickets are worth is the total, and equal tickets are worth the same', () => {
    const fee = fc.integer({ min: 0, max: 1_000_000 });
    const rate = fc.integer({ min: 0, max: 100_000 });
    const currency = fc.constantFrom('JPY', 'EUR', 'KWD', 'CLF');
    const price = fc.integer({ min: 0, max: 20_000_000 });
    fc.assert(
      fc.property(
        currency,
        fee,
        fee,
        rate,
        rate,
        price,
        fc.integer({ min: 1, max: 20 }),
        (code, own, all, feeRate, tax, cents, n) => {
          const rules = {
            feeMilliPercent: feeRate,
            feeFixedCents: all,
            feeFixedCentsOf: new Map([['JPY', own]]),
            taxMilliPercent: tax,
          };
          const tickets = Array.from({ length: n }, () => ({ seatCode: 'A', section: 'A', priceCents: cents }));
          const priced = priceOrder(tickets, rulesFor({ others: rules, countries: new Map() }, 'XX', code));
          const values = priced.items.map(valueOf);
          expect(values.reduce((sum, value) => sum + value, 0)).toBe(priced.totalCents);
          expect(new Set(values).size).toBe(1);
          expect(priced.totalCents).toBe(n * (values[0] ?? 0));
        },
      ),
    );
  });
});
