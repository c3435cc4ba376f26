import { useMutation } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import type { EventAnswer } from '../../../../contracts/http/catalog.ts';
import type { ReserveBody } from '../../../../contracts/http/seating.ts';
import { reserve } from '../../features/hold/api/reserve.ts';
import { setHold } from '../../features/hold/hold.ts';
import { currentUser, sessionSettled } from '../../features/session/session.ts';
import { type ChoiceStore } from '../../features/seat-map/choice.ts';
import { fasterText } from '../../features/seat-map/model/alternatives.ts';
import type { SeatLayout } from '../../features/seat-map/model/layout.ts';
import { ApiProblem } from '../../shared/api/problem.ts';

export type Wish = Omit<ReserveBody, 'eventId' | 'userId'>;

function numbers(value: unknown): number[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'number') : [];
}

/** What a refused hold means and what to do, in words; `null` when the error itself says it best. */
function refusalText(error: ApiProblem, layout: SeatLayout, isFree: (seat: number) => boolean): string | null {
  const { problem } = error;
  if (error.code === 'SEAT_UNAVAILABLE') {
    const gone = numbers(problem['unavailableSeatIds']).map((seatId) => seatId - 1);
    return gone.length === 0 ? null : fasterText(layout, gone, (seat) => isFree(seat) && !gone.includes(seat));
  }
  if (error.code === 'SOLD_OUT')
    return 'There are not that many left together at that price. Ask for fewer, or let the price be higher.';
  return null;
}

type Options = {
  event: EventAnswer;
  layout: SeatLayout;
  choice: ChoiceStore;
  isFree: (seat: number) => boolean;
  onRefused: (text: string) => void;
  onHeld: () => void;
};

/** Holds what was chosen; who is not signed in signs in first and comes back to the same choice. */
export function useReserving({ event, layout, choice, isFree, onRefused, onHeld }: Options) {
  const navigate = useNavigate();
  const goToSignIn = () => navigate({ to: '/signin', search: { returnTo: `/events/${event.eventId}` } });
  const reserving = useMutation({
    mutationFn: async (wish: Wish) => {
      await sessionSettled();
      return currentUser() === null ? null : reserve({ eventId: event.eventId, ...wish });
    },
    onSuccess: async (reservation) => {
      if (reservation === null) {
        await goToSignIn();
        return;
      }
      setHold({ reservation, eventName: event.name, orderId: null });
      choice.clear();
      onHeld();
    },
    onError: async (error) => {
      if (!(error instanceof ApiProblem)) return;
      if (error.problem.status === 401) return goToSignIn();
      const text = refusalText(error, layout, isFree);
      if (text !== null) onRefused(text);
      choice.dropSeats(numbers(error.problem['unavailableSeatIds']));
    },
  });
  return {
    hold: (wish: Wish) => reserving.mutate(wish),
    isPending: reserving.isPending,
    /** What went wrong and was not told by `onRefused`. */
    error:
      reserving.error instanceof ApiProblem && ['SEAT_UNAVAILABLE', 'SOLD_OUT'].includes(reserving.error.code)
        ? null
        : reserving.error,
  };
}
