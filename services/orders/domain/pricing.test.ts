import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { priceOrder, shareOf, valueOf } from './pricing.ts';

const cents = fc.integer({ min: 0, max: 999_999_999 });
const milliPercent = fc.integer({ min: 0, max: 100_000 });
const rules = fc.record({
  feeMilliPercent: milliPercent,
  feeFixedCents: fc.integer({ min: 0, max: 10_000 }),
  taxMilliPercent: milliPercent,
});
const items = fc.array(fc.record({ seatCode: fc.constant('A-1'), section: fc.constant('A'), priceCents: cents }), {
  maxLength: 20,
});

describe('pricing', () => {
  it('rounds half up to the minor unit', () => {
    expect(shareOf(1_000, 2_500)).toBe(25);
    expect(shareOf(100, 500)).toBe(1); // 0.5
    expect(shareOf(100, 499)).toBe(0); // 0.499
    expect(shareOf(3, 50_000)).toBe(2); // 1.5
  });

  it('charges fee and tax per ticket', () => {
    const seat = { seatId: 1, seatCode: 'VIP-A-1', section: 'VIP', priceCents: 10_000 };
    const price = priceOrder([seat, { ...seat, seatId: 2 }], {
      feeMilliPercent: 2_500,
      feeFixedCents: 99,
      taxMilliPercent: 21_000,
    });
    // 10000 + (250 + 99) = 10349, and 21 % of that is 2173.29.
    expect(price).toMatchObject({ subtotalCents: 20_000, feeCents: 698, taxCents: 4_346, totalCents: 25_044 });
  });

  it('adds nothing to what is given away', () => {
    const free = { seatCode: 'Free', section: 'Free', priceCents: 0 };
    expect(priceOrder([free], { feeMilliPercent: 10_000, feeFixedCents: 99, taxMilliPercent: 21_000 }).totalCents).toBe(0);
  });

  it('adds up exactly: the total is the sum of the parts and of what the tickets are worth', () => {
    fc.assert(
      fc.property(items, rules, (tickets, given) => {
        const price = priceOrder(tickets, given);
        expect(price.totalCents).toBe(price.subtotalCents + price.feeCents + price.taxCents);
        expect(price.items.reduce((sum, item) => sum + valueOf(item), 0)).toBe(price.totalCents);
        expect(price.items.every((item) => Number.isSafeInteger(item.feeCents) && Number.isSafeInteger(item.taxCents))).toBe(
          true,
        );
      }),
    );
  });

  it('is never off by more than half a minor unit, and grows with the amount', () => {
    fc.assert(
      fc.property(cents, milliPercent, (amount, rate) => {
        const exact = (BigInt(amount) * BigInt(rate)) / 100_000n;
        const share = BigInt(shareOf(amount, rate));
        expect(share - exact === 0n || share - exact === 1n).toBe(true);
        expect(2n * (share * 100_000n - BigInt(amount) * BigInt(rate))).toBeLessThanOrEqual(100_000n);
        expect(shareOf(amount + 1, rate)).toBeGreaterThanOrEqual(shareOf(amount, rate));
      }),
    );
  });
});
