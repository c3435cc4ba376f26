import { useQuery } from '@tanstack/react-query';
import type { EventAnswer } from '../../../../contracts/http/catalog.ts';
import { formatDay, formatTime } from '../../shared/format/dates.ts';
import { Perforation } from '../../shared/ui/perforation.tsx';
import { Skeleton } from '../../shared/ui/skeleton.tsx';
import { Stub, StubPart } from '../../shared/ui/stub.tsx';
import { PosterArt } from '../../shared/poster/poster-art.tsx';
import { getTicketQr } from './api/get-ticket-qr.ts';
import type { Ticket } from './ticket.ts';

function Qr({ ticket }: { ticket: Ticket }) {
  const qr = useQuery(getTicketQr(ticket.ticketId));
  if (qr.isPending) return <Skeleton className="size-60" />;
  if (qr.isError) {
    return (
      <button
        type="button"
        className="grid size-60 place-items-center border border-rule p-4 text-sm"
        onClick={() => qr.refetch()}
      >
        The code did not load. Tap to try again; the number below also lets you in.
      </button>
    );
  }
  return <img src={qr.data} alt={`QR code of ticket ${ticket.ticketCode}`} width={240} height={240} className="size-60" />;
}

/** One ticket, torn from the stub: shown at the gate, one per seat. */
export function TicketStub({ ticket, event }: { ticket: Ticket; event: EventAnswer | undefined }) {
  const isDead = ticket.status === 'REVOKED';
  return (
    <Stub className="w-full max-w-sm animate-tear">
      <article aria-label={`Ticket ${ticket.seatCode}`}>
        <StubPart bottom className="overflow-hidden">
          {event === undefined ? (
            <Skeleton className="h-20" />
          ) : (
            <PosterArt eventId={event.eventId} eventType={event.eventType} crop className="h-20 w-full" />
          )}
          <div className="grid gap-1 p-5">
            <h3 className="text-lg [overflow-wrap:anywhere]">{event?.name ?? '…'}</h3>
            {event !== undefined && (
              <p className="text-sm text-faded">
                <span className="tabular text-ink">
                  {formatDay(event.startDate, event.timezone)}, {formatTime(event.startDate, event.timezone)}
                </span>
                <br />
                {event.venueName}, {event.city}
              </p>
            )}
            <p className="tabular mt-3 text-xl font-semibold [overflow-wrap:anywhere]">{ticket.seatCode}</p>
          </div>
        </StubPart>
        <Perforation />
        <StubPart top className="grid justify-items-center gap-3 p-5">
          {/* A scanner wants dark on white, whatever the theme. */}
          <div className={`rounded-[3px] overflow-hidden bg-[#fff] ${isDead ? 'opacity-20' : ''}`}>
            <Qr ticket={ticket} />
          </div>
          <p className="tabular text-sm">{ticket.ticketCode}</p>
          {ticket.status !== 'VALID' && <p className="font-semibold">{isDead ? 'No longer valid' : 'Used'}</p>}
        </StubPart>
      </article>
    </Stub>
  );
}
