import { describe, expect, it } from 'vitest';
import { formatMoney, formatMoneyShort, speakMoney } from './money.ts';

describe('money', () => {
  it('prints minor units on a stub', () => {
    expect(formatMoney(15_000, 'USD')).toBe('$150.00');
    expect(formatMoney(105, 'USD')).toBe('$1.05');
  });

  it('knows that a yen has no minor unit', () => {
    expect(formatMoney(1500, 'JPY')).toBe('¥1,500');
  });

  it('leaves out minor units that are zero where space is short', () => {
    expect(formatMoneyShort(15_000, 'USD')).toBe('$150');
    expect(formatMoneyShort(15_050, 'USD')).toBe('$150.50');
  });

  it('is said in words', () => {
    expect(speakMoney(15_000, 'USD')).toBe('150 US dollars');
  });
});
