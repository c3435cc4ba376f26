import { useMutation } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import type { Order } from '../../../../contracts/http/orders.ts';
import type { ChargeAnswer } from '../../../../contracts/http/payments.ts';
import { ApiProblem, isOutcomeUnknown, problemCode } from '../../shared/api/problem.ts';
import { formatMoney } from '../../shared/format/money.ts';
import { Button } from '../../shared/ui/button.tsx';
import { ErrorNotice, Notice } from '../../shared/ui/notice.tsx';
import { openAttempt, pay } from './attempt.ts';
import { CARDS, reasonText } from './cards.ts';

function Refusal({ error }: { error: unknown }) {
  if (isOutcomeUnknown(error)) {
    return (
      <Notice tone="bad" title="We do not know yet whether this was paid">
        The answer was lost on the way. Press the button again: it asks for the outcome of this same payment, so you will not be
        charged twice.
      </Notice>
    );
  }
  if (error instanceof ApiProblem && error.code === 'PAYMENT_DECLINED') {
    return (
      <Notice tone="bad" title="This card was not accepted">
        {reasonText(error.problem['failureReason'])} Your seats are still held for you: choose another card and pay again.
      </Notice>
    );
  }
  return <ErrorNotice error={error} />;
}

/** The choice of a card and the one button. `onOver`: the order cannot be paid any more, as far as the server says. */
export function PayForm({
  order,
  onAnswer,
  onOver,
}: {
  order: Order;
  onAnswer: (answer: ChargeAnswer) => Promise<void>;
  onOver: () => void;
}) {
  const [cardId, setCardId] = useState('good');
  const chosen = CARDS.find((card) => card.id === cardId);
  const paying = useMutation({
    mutationFn: () => pay(order, chosen?.card ?? { paymentMethod: 'CREDIT_CARD' }),
    onSuccess: onAnswer,
    onError: (error) => {
      const code = problemCode(error);
      if (code === 'ORDER_NOT_PAYABLE' || code === 'PAYMENT_IN_PROGRESS') onOver();
    },
  });
  function submit(event: FormEvent): void {
    event.preventDefault();
    paying.mutate();
  }
  const isAskingAgain = openAttempt(order.orderId) !== null && !paying.isPending;
  return (
    <form onSubmit={submit} className="grid gap-4">
      <fieldset className="grid gap-2" disabled={paying.isPending || isAskingAgain}>
        <legend className="mb-2 text-lg font-semibold tracking-tight">Pay with</legend>
        <p className="text-sm text-faded">This house runs on the payment simulator: no card is real and no money moves.</p>
        {CARDS.map((card) => (
          <label
            key={card.id}
            className="flex min-h-12 items-center gap-3 rounded-[3px] border border-rule bg-raised px-4 has-checked:border-ink has-checked:shadow-[inset_0_0_0_1px_var(--color-ink)] has-focus-visible:outline-2 has-focus-visible:outline-offset-3"
          >
            <input
              type="radio"
              name="card"
              value={card.id}
              checked={cardId === card.id}
              onChange={() => setCardId(card.id)}
              className="size-4 accent-ink outline-none"
            />
            <span className="tabular text-sm">{card.name}</span>
            <span className="ml-auto text-end text-sm text-faded">{card.about}</span>
          </label>
        ))}
      </fieldset>
      {paying.isError && <Refusal error={paying.error} />}
      <Button type="submit" look="primary" busy={paying.isPending} className="min-h-13 text-lg">
        {paying.isPending
          ? 'Asking the bank…'
          : isAskingAgain
            ? 'Ask for the outcome'
            : `Pay ${formatMoney(order.totalCents, order.currency)}`}
      </Button>
    </form>
  );
}
