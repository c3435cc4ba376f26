import type { Order } from '../../../../contracts/http/orders.ts';
import type { ChargeAnswer, PaymentMethod } from '../../../../contracts/http/payments.ts';
import { newIdempotencyKey } from '../../shared/api/keys.ts';
import { isOutcomeUnknown } from '../../shared/api/problem.ts';
import { forget, recall, remember } from '../../shared/storage.ts';
import { charge } from './api/charge.ts';

export type Card = { paymentMethod: PaymentMethod; paymentToken?: string };
type Attempt = Card & { key: string };

function isAttempt(value: unknown): value is Attempt {
  return (
    typeof value === 'object' && value !== null && 'key' in value && typeof value.key === 'string' && 'paymentMethod' in value
  );
}

/** A payment whose outcome this tab has not learned; asking again must use its key and its card. */
export function openAttempt(orderId: string): Attempt | null {
  return recall(`attempt.${orderId}`, isAttempt);
}

/**
 * Pays with a card. The attempt's key is kept until there is an answer, over a reload too, so that pressing "pay" after a lost answer asks
 * for the first payment's outcome and never starts a second.
 */
export async function pay(order: Order, card: Card): Promise<ChargeAnswer> {
  const attempt = openAttempt(order.orderId) ?? { ...card, key: newIdempotencyKey() };
  const { key, ...chosen } = attempt;
  remember(`attempt.${order.orderId}`, attempt);
  try {
    const answer = await charge(
      { orderId: order.orderId, amountCents: order.totalCents, currency: order.currency, ...chosen },
      key,
    );
    forget(`attempt.${order.orderId}`);
    return answer;
  } catch (error) {
    if (!isOutcomeUnknown(error)) forget(`attempt.${order.orderId}`);
    throw error;
  }
}
