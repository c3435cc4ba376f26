import type { OrderItem } from '../../../contracts/http/orders.ts';

/** What is added to the price of a ticket. Rates in thousandths of a percent: 2500 is 2.5 %. */
export type PriceRules = { feeMilliPercent: number; feeFixedCents: number; taxMilliPercent: number };

/** One ticket with what it costs: the price, a fee, and tax on both. Together they are the ticket's value in a refund. */
export type PricedItem = OrderItem & { feeCents: number; taxCents: number };

export type Price = { items: PricedItem[]; subtotalCents: number; feeCents: number; taxCents: number; totalCents: number };

/**
 * Prices an order ticket by ticket, so that the parts add up exactly and a single ticket can be refunded exactly.
 *
 * fee = price × percentage, rounded, + the fixed fee; tax = (price + fee) × rate, rounded. Rounding is half up to the minor unit,
 * per ticket. A ticket without a price carries neither fee nor tax: what is given away costs nothing.
 */
export function priceOrder(items: readonly OrderItem[], rules: PriceRules): Price {
  const priced = items.map((item) => priceItem(item, rules));
  const sum = (pick: (item: PricedItem) => number) => priced.reduce((total, item) => total + pick(item), 0);
  const subtotalCents = sum((item) => item.priceCents);
  const feeCents = sum((item) => item.feeCents);
  const taxCents = sum((item) => item.taxCents);
  return { items: priced, subtotalCents, feeCents, taxCents, totalCents: subtotalCents + feeCents + taxCents };
}

function priceItem(item: OrderItem, rules: PriceRules): PricedItem {
  if (item.priceCents === 0) return { ...item, feeCents: 0, taxCents: 0 };
  const feeCents = shareOf(item.priceCents, rules.feeMilliPercent) + rules.feeFixedCents;
  return { ...item, feeCents, taxCents: shareOf(item.priceCents + feeCents, rules.taxMilliPercent) };
}

/** `milliPercent` hundred-thousandths of an amount, half up. Exact: the product stays below 2^53. */
export function shareOf(amountCents: number, milliPercent: number): number {
  return Math.floor((amountCents * milliPercent + 50_000) / 100_000);
}

/** What a ticket is worth: what its buyer paid for it. */
export function valueOf(item: PricedItem): number {
  return item.priceCents + item.feeCents + item.taxCents;
}
