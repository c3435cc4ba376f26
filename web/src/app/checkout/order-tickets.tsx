import { useQuery } from '@tanstack/react-query';
import type { EventAnswer } from '../../../../contracts/http/catalog.ts';
import type { Order } from '../../../../contracts/http/orders.ts';
import { listOrderTickets } from '../../features/tickets/api/list-order-tickets.ts';
import { TicketStub } from '../../features/tickets/ticket-stub.tsx';
import { count } from '../../shared/format/words.ts';
import { ErrorNotice } from '../../shared/ui/notice.tsx';
import { Loading, Skeleton } from '../../shared/ui/skeleton.tsx';

const POLL_MS = 700;
const MOST_POLLS = 60;

/** A paid order's tickets, torn from the stub; asked for until all of them are there. */
export function OrderTickets({ order, event }: { order: Order; event: EventAnswer | undefined }) {
  const tickets = useQuery({
    ...listOrderTickets(order.orderId),
    refetchInterval: ({ state }) =>
      (state.data?.tickets.length ?? 0) >= order.items.length || state.dataUpdateCount > MOST_POLLS ? false : POLL_MS,
  });
  if (tickets.isError) return <ErrorNotice error={tickets.error} onRetry={() => tickets.refetch()} />;
  const torn = tickets.data?.tickets ?? [];
  return (
    <section aria-label="Tickets">
      <h2 className="mb-1 text-xl">
        {torn.length === 0
          ? 'Your tickets are being made'
          : `Here ${torn.length === 1 ? 'is your ticket' : `are your ${count(torn.length, 'ticket', 'tickets')}`}`}
      </h2>
      <p className="mb-6 text-sm text-faded">
        Show the code at the gate, on the screen or on paper. You find them again under Tickets.
      </p>
      {torn.length === 0 && (
        <>
          <Loading what="tickets" />
          <Skeleton className="h-96 w-full max-w-sm" />
        </>
      )}
      <ul className="grid grid-cols-[repeat(auto-fill,minmax(min(100%,18rem),1fr))] justify-items-start gap-6">
        {torn.map((ticket) => (
          <li key={ticket.ticketId} className="w-full">
            <TicketStub ticket={ticket} event={event} />
          </li>
        ))}
      </ul>
    </section>
  );
}
