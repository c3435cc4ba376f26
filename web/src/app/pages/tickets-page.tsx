import { useQueries, useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { getEvent } from '../../features/events/api/get-event.ts';
import { listTickets } from '../../features/tickets/api/list-tickets.ts';
import type { Ticket } from '../../features/tickets/ticket.ts';
import { TicketStub } from '../../features/tickets/ticket-stub.tsx';
import { useTitle } from '../../shared/hooks/use-title.ts';
import { ErrorNotice, Notice } from '../../shared/ui/notice.tsx';
import { Loading, Skeleton } from '../../shared/ui/skeleton.tsx';
import { RequireSession } from '../require-session.tsx';

export const ticketGridClass = 'grid grid-cols-[repeat(auto-fill,minmax(min(100%,18rem),1fr))] justify-items-start gap-6';

/** Newest order first, and within an order by seat. */
function inOrder(tickets: Ticket[]): Ticket[] {
  return tickets.toSorted((a, b) =>
    a.orderId === b.orderId ? (a.seatId ?? 0) - (b.seatId ?? 0) : a.orderId < b.orderId ? 1 : -1,
  );
}

function TicketGrid({ tickets }: { tickets: Ticket[] }) {
  const ids = [...new Set(tickets.map((ticket) => ticket.eventId))];
  const events = useQueries({ queries: ids.map((id) => getEvent(id)) });
  return (
    <ul className={ticketGridClass}>
      {inOrder(tickets).map((ticket) => (
        <li key={ticket.ticketId} className="w-full">
          <TicketStub ticket={ticket} event={events[ids.indexOf(ticket.eventId)]?.data} />
        </li>
      ))}
    </ul>
  );
}

function TicketsSkeleton() {
  return (
    <div className={ticketGridClass}>
      <Skeleton className="h-96 w-full max-w-sm" />
      <Skeleton className="h-96 w-full max-w-sm" />
    </div>
  );
}

function Frame({ children }: { children: ReactNode }) {
  return (
    <div className="mx-auto w-full max-w-6xl px-4 pt-10 pb-20 sm:px-6">
      <h1 className="mb-8 text-2xl tracking-[-0.04em]">Your tickets</h1>
      {children}
    </div>
  );
}

function Tickets() {
  const tickets = useQuery(listTickets());
  if (tickets.isPending) {
    return (
      <>
        <Loading what="tickets" />
        <TicketsSkeleton />
      </>
    );
  }
  if (tickets.isError) return <ErrorNotice error={tickets.error} onRetry={() => tickets.refetch()} />;
  if (tickets.data.items.length === 0)
    return <Notice title="No tickets yet">When you buy some, they stand here, each with the code for the gate.</Notice>;
  return <TicketGrid tickets={tickets.data.items} />;
}

export function TicketsPage() {
  useTitle('Your tickets');
  return (
    <RequireSession
      what="your tickets"
      skeleton={
        <Frame>
          <TicketsSkeleton />
        </Frame>
      }
    >
      <Frame>
        <Tickets />
      </Frame>
    </RequireSession>
  );
}
