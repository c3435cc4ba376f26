import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { Order } from '../../../../contracts/http/orders.ts';
import { getEvent } from '../../features/events/api/get-event.ts';
import { listOrders } from '../../features/orders/api/list-orders.ts';
import { STATUS_WORDS } from '../../features/orders/status-words.ts';
import { formatDay, formatTime } from '../../shared/format/dates.ts';
import { formatMoney } from '../../shared/format/money.ts';
import { count } from '../../shared/format/words.ts';
import { useTitle } from '../../shared/hooks/use-title.ts';
import { PosterArt } from '../../shared/poster/poster-art.tsx';
import { ErrorNotice, Notice } from '../../shared/ui/notice.tsx';
import { Loading, Skeleton } from '../../shared/ui/skeleton.tsx';
import { RequireSession } from '../require-session.tsx';

function OrderRow({ order }: { order: Order }) {
  const event = useQuery(getEvent(order.eventId));
  return (
    <li className="border-t border-rule">
      <Link
        to="/checkout/$orderId"
        params={{ orderId: order.orderId }}
        className="group flex items-center gap-4 rounded-[3px] py-4"
      >
        {event.data === undefined ? (
          <Skeleton className="size-14 shrink-0" />
        ) : (
          <PosterArt eventId={order.eventId} eventType={event.data.eventType} crop className="size-14 shrink-0 rounded-[3px]" />
        )}
        <span className="min-w-0 flex-1">
          <span className="block text-lg font-semibold tracking-tight underline-offset-4 group-hover:underline [overflow-wrap:anywhere]">
            {event.data?.name ?? '…'}
          </span>
          <span className="block text-sm text-faded">
            {count(order.items.length, 'ticket', 'tickets')} · ordered {formatDay(order.createdAt)}, {formatTime(order.createdAt)}
            {order.confirmationNumber !== undefined && <span className="tabular"> · {order.confirmationNumber}</span>}
          </span>
        </span>
        <span className="shrink-0 text-end">
          <span className="tabular block">{formatMoney(order.totalCents, order.currency)}</span>
          <span className="block text-sm text-faded">{STATUS_WORDS[order.status]}</span>
        </span>
      </Link>
    </li>
  );
}

function OrdersSkeleton() {
  return (
    <div className="grid gap-3">
      <Skeleton className="h-20" />
      <Skeleton className="h-20" />
    </div>
  );
}

function Frame({ children }: { children: ReactNode }) {
  return (
    <div className="mx-auto w-full max-w-3xl px-4 pt-10 pb-20 sm:px-6">
      <h1 className="mb-8 text-2xl tracking-[-0.04em]">Your orders</h1>
      {children}
    </div>
  );
}

function Orders() {
  const orders = useQuery(listOrders());
  if (orders.isPending) {
    return (
      <>
        <Loading what="orders" />
        <OrdersSkeleton />
      </>
    );
  }
  if (orders.isError) return <ErrorNotice error={orders.error} onRetry={() => orders.refetch()} />;
  if (orders.data.items.length === 0)
    return <Notice title="No orders yet">What you order stands here, with what became of it.</Notice>;
  return (
    <ul>
      {orders.data.items.map((order) => (
        <OrderRow key={order.orderId} order={order} />
      ))}
    </ul>
  );
}

export function OrdersPage() {
  useTitle('Your orders');
  return (
    <RequireSession
      what="your orders"
      skeleton={
        <Frame>
          <OrdersSkeleton />
        </Frame>
      }
    >
      <Frame>
        <Orders />
      </Frame>
    </RequireSession>
  );
}
