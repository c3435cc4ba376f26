import { Type } from 'typebox';

/** Minor units of a currency as a whole number. Bounded so that sums of 100,000 of them stay exact in a double. */
export const MAX_AMOUNT_CENTS = 9_999_999_99;

export const AmountCents = Type.Integer({ minimum: 0, maximum: MAX_AMOUNT_CENTS, description: 'Minor units of the currency' });
export const Currency = Type.String({ pattern: '^[A-Z]{3}$', description: 'ISO 4217 code' });
