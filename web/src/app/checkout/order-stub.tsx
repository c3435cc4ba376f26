import type { EventAnswer } from '../../../../contracts/http/catalog.ts';
import type { Order } from '../../../../contracts/http/orders.ts';
import { TimeLimit } from '../../features/hold/time-limit.tsx';
import type { Countdown } from '../../features/hold/use-countdown.ts';
import { OrderLines } from '../../features/orders/order-lines.tsx';
import { isPaid, STATUS_WORDS } from '../../features/orders/status-words.ts';
import { BurningPerforation, Perforation } from '../../shared/ui/perforation.tsx';
import { Skeleton } from '../../shared/ui/skeleton.tsx';
import { Stub, StubPart } from '../../shared/ui/stub.tsx';
import { StubHead } from '../event/stub-head.tsx';

function Stamp({ order }: { order: Order }) {
  return (
    <div className="flex flex-wrap items-center justify-between gap-4">
      <p className="-rotate-6 animate-stamp rounded-[4px] border-[3px] border-good px-3 py-0.5 text-lg font-bold tracking-widest text-good uppercase">
        ✓ {STATUS_WORDS[order.status]}
      </p>
      {order.confirmationNumber !== undefined && (
        <p className="text-end text-sm text-faded">
          Confirmation
          <span className="tabular block text-base font-semibold text-ink">{order.confirmationNumber}</span>
        </p>
      )}
    </div>
  );
}

/** The stub as an order: with fees, its time limit, and at last its stamp. */
export function OrderStub({
  order,
  event,
  countdown,
  isOver,
}: {
  order: Order;
  event: EventAnswer | undefined;
  countdown: Countdown;
  isOver: boolean;
}) {
  const paid = isPaid(order.status);
  return (
    <Stub>
      <StubPart bottom>{event === undefined ? <Skeleton className="h-36" /> : <StubHead event={event} />}</StubPart>
      <Perforation />
      <StubPart top bottom className={`p-5 ${isOver ? 'text-faded line-through' : ''}`}>
        <OrderLines order={order} />
      </StubPart>
      {paid || isOver ? <Perforation /> : <BurningPerforation share={countdown.share} />}
      <StubPart top className="p-5 pt-4">
        {paid ? (
          <Stamp order={order} />
        ) : isOver ? (
          <p className="font-semibold">{STATUS_WORDS[order.status === 'PENDING' ? 'EXPIRED' : order.status]}</p>
        ) : (
          <TimeLimit countdown={countdown} />
        )}
      </StubPart>
    </Stub>
  );
}
