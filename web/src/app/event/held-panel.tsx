import { useMutation } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import type { EventAnswer } from '../../../../contracts/http/catalog.ts';
import { createOrder } from '../../features/checkout/api/create-order.ts';
import { release } from '../../features/hold/api/release.ts';
import { type Hold, refreshHold, setHold } from '../../features/hold/hold.ts';
import { HoldStub } from '../../features/hold/hold-stub.tsx';
import { cancelOrder } from '../../features/orders/api/cancel-order.ts';
import { useSessionState } from '../../features/session/session.ts';
import { Button, buttonClass } from '../../shared/ui/button.tsx';
import { ErrorNotice } from '../../shared/ui/notice.tsx';
import { StubHead } from './stub-head.tsx';

/** The hold on its event's page: pay, or give the seats back. */
export function HeldPanel({ event, hold }: { event: EventAnswer; hold: Hold }) {
  const { phase } = useSessionState();
  const navigate = useNavigate();
  const { reservation } = hold;
  const ordering = useMutation({
    mutationFn: () => createOrder(reservation.reservationId),
    onSuccess: (orderId) => {
      setHold({ ...hold, orderId });
      return navigate({ to: '/checkout/$orderId', params: { orderId } });
    },
    onError: () => refreshHold(reservation.userId),
  });
  const releasing = useMutation({
    mutationFn: () => (hold.orderId === null ? release(reservation.reservationId) : cancelOrder(hold.orderId)),
    onSuccess: () => setHold(null),
    onError: () => refreshHold(reservation.userId),
  });
  const action =
    phase === 'out' || phase === 'away' ? (
      <Link
        to="/signin"
        search={{ returnTo: `/events/${event.eventId}` }}
        className={`${buttonClass('primary')} min-h-13 text-lg`}
      >
        Sign in to pay
      </Link>
    ) : (
      <Button
        look="primary"
        busy={ordering.isPending || phase === 'starting'}
        onClick={() => ordering.mutate()}
        className="min-h-13 text-lg"
      >
        {ordering.isPending ? 'Writing the order…' : 'Go to payment'}
      </Button>
    );
  const error = ordering.error ?? releasing.error;
  return (
    <div className="grid gap-4">
      <HoldStub
        hold={hold}
        head={<StubHead event={event} />}
        action={action}
        onRelease={phase !== 'in' ? null : () => releasing.mutate()}
        isReleasing={releasing.isPending}
        onForget={() => setHold(null)}
      />
      {error !== null && <ErrorNotice error={error} />}
    </div>
  );
}
