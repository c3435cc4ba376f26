import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import type { Order } from '../../../../contracts/http/orders.ts';
import type { ChargeAnswer } from '../../../../contracts/http/payments.ts';
import { PayForm } from '../../features/checkout/pay-form.tsx';
import { getEvent } from '../../features/events/api/get-event.ts';
import { currentHold, setHold } from '../../features/hold/hold.ts';
import { useCountdown } from '../../features/hold/use-countdown.ts';
import { isOver, isPaid } from '../../features/orders/status-words.ts';
import { problemCode } from '../../shared/api/problem.ts';
import { useTitle } from '../../shared/hooks/use-title.ts';
import { buttonClass } from '../../shared/ui/button.tsx';
import { ErrorNotice, Notice } from '../../shared/ui/notice.tsx';
import { Loading, Skeleton } from '../../shared/ui/skeleton.tsx';
import { OrderStub } from '../checkout/order-stub.tsx';
import { OrderTickets } from '../checkout/order-tickets.tsx';
import { useOrder } from '../checkout/use-order.ts';
import { NotFoundPage } from '../not-found-page.tsx';
import { RequireSession } from '../require-session.tsx';

/** The whole length of the hold, to show the share that is left. */
function wholeSeconds(order: Order): number {
  const hold = currentHold();
  if (hold?.reservation.reservationId === order.reservationId) return hold.reservation.ttlSeconds;
  return Math.max(1, (Date.parse(order.expiresAt) - Date.parse(order.createdAt)) / 1000);
}

function Waiting({ isBankSilent, isLong }: { isBankSilent: boolean; isLong: boolean }) {
  if (isBankSilent) {
    return (
      <Notice title="The bank has not answered yet">
        You will not be charged twice. Your seats stay yours while we ask again; you need not do anything.
        {isLong && ' It takes longer than usual: you may leave this page and look under Orders later.'}
      </Notice>
    );
  }
  return (
    <Notice title="Confirming your order">
      The payment went through and your tickets are being made.{' '}
      {isLong && 'It takes longer than usual. You may leave this page: they will be under Tickets.'}
    </Notice>
  );
}

function Ended({ order }: { order: Order }) {
  return (
    <Notice
      title={order.status === 'CANCELLED' ? 'This order was cancelled' : 'The time for this order is over'}
      action={
        <Link to="/events/$eventId" params={{ eventId: order.eventId }} className={buttonClass('plain')}>
          Choose seats again
        </Link>
      }
    >
      The seats were given back. If money was taken for them after all, it comes back by itself.
    </Notice>
  );
}

function Checkout({ order, state }: { order: Order; state: ReturnType<typeof useOrder> }) {
  const event = useQuery(getEvent(order.eventId));
  const countdown = useCountdown(order.expiresAt, wholeSeconds(order));
  const [isBankSilent, setBankSilent] = useState(false);
  const paid = isPaid(order.status);
  const over = isOver(order.status) || (order.status === 'PENDING' && countdown.seconds === 0 && !state.isUnderWay);
  useTitle(paid ? 'Paid' : 'Pay');
  useEffect(() => {
    if ((paid || isOver(order.status)) && currentHold()?.reservation.reservationId === order.reservationId) setHold(null);
  }, [paid, order.status, order.reservationId]);

  async function onAnswer(answer: ChargeAnswer): Promise<void> {
    await state.awaitPayment();
    setBankSilent(answer.status === 'PENDING');
  }
  return (
    <div className="mx-auto grid w-full max-w-6xl items-start gap-8 px-4 pt-8 pb-20 sm:px-6 lg:grid-cols-[25rem_1fr] lg:gap-14 lg:pt-12">
      <div className="lg:sticky lg:top-8">
        <OrderStub order={order} event={event.data} countdown={countdown} isOver={over} />
      </div>
      <div className="grid gap-4 lg:max-w-3xl">
        {paid ? (
          <OrderTickets order={order} event={event.data} />
        ) : over ? (
          <Ended order={order} />
        ) : state.isUnderWay ? (
          <Waiting isBankSilent={isBankSilent} isLong={state.isLong} />
        ) : (
          <div className="max-w-lg">
            {isBankSilent && (
              <div className="mb-4">
                <Notice title="The bank did not take the money">
                  Nothing was charged and your seats are still held. Choose another card.
                </Notice>
              </div>
            )}
            <PayForm order={order} onAnswer={onAnswer} onOver={() => state.query.refetch()} />
          </div>
        )}
      </div>
    </div>
  );
}

function CheckoutSkeleton() {
  return (
    <div className="mx-auto grid w-full max-w-6xl gap-8 px-4 py-12 lg:grid-cols-[25rem_1fr]">
      <Skeleton className="h-96" />
      <Skeleton className="h-64" />
    </div>
  );
}

function CheckoutOf({ orderId }: { orderId: string }) {
  const state = useOrder(orderId);
  const { query } = state;
  if (query.isPending) {
    return (
      <>
        <Loading what="your order" />
        <CheckoutSkeleton />
      </>
    );
  }
  if (problemCode(query.error) === 'ORDER_NOT_FOUND') return <NotFoundPage />;
  if (query.data === undefined) {
    return (
      <div className="mx-auto w-full max-w-xl p-6">
        <ErrorNotice error={query.error} onRetry={() => query.refetch()} />
      </div>
    );
  }
  return <Checkout order={query.data} state={state} />;
}

export function CheckoutPage() {
  const { orderId } = useParams({ from: '/checkout/$orderId' });
  return (
    <RequireSession what="your order" skeleton={<CheckoutSkeleton />}>
      <CheckoutOf key={orderId} orderId={orderId} />
    </RequireSession>
  );
}
