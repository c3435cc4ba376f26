import type { Card } from './attempt.ts';

export type CardChoice = { id: string; name: string; about: string; card: Card };

/** What the built-in payment simulator understands. Nothing real is charged: the tokens force an outcome. */
export const CARDS: readonly CardChoice[] = [
  {
    id: 'good',
    name: 'Card ending 4242',
    about: 'is accepted',
    card: { paymentMethod: 'CREDIT_CARD', paymentToken: 'tok_success' },
  },
  {
    id: 'funds',
    name: 'Card ending 9995',
    about: 'has no money left',
    card: { paymentMethod: 'DEBIT_CARD', paymentToken: 'tok_insufficient_funds' },
  },
  {
    id: 'declined',
    name: 'Card ending 0002',
    about: 'is declined',
    card: { paymentMethod: 'CREDIT_CARD', paymentToken: 'tok_card_declined' },
  },
  {
    id: 'silent',
    name: 'Card ending 0044',
    about: 'its bank does not answer',
    card: { paymentMethod: 'CREDIT_CARD', paymentToken: 'tok_gateway_timeout' },
  },
  { id: 'chance', name: 'Wallet', about: 'as on a usual day: mostly fine', card: { paymentMethod: 'WALLET' } },
];

const REASONS: Record<string, string> = {
  INSUFFICIENT_FUNDS: 'There is not enough money on it.',
  CARD_DECLINED: 'The bank declined it without saying why.',
  INVALID_CARD: 'The card is not valid.',
  GATEWAY_TIMEOUT: 'The bank did not answer in time, and nothing was charged.',
};

/** Why a card was refused, in words. */
export function reasonText(reason: unknown): string {
  return (typeof reason === 'string' ? REASONS[reason] : undefined) ?? 'The bank declined it.';
}
