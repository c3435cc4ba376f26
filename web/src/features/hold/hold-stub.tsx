import type { ReactNode } from 'react';
import { formatMoney } from '../../shared/format/money.ts';
import { Button } from '../../shared/ui/button.tsx';
import { BurningPerforation, Perforation } from '../../shared/ui/perforation.tsx';
import { LeaderRow, Stub, StubPart } from '../../shared/ui/stub.tsx';
import type { Hold } from './hold.ts';
import { ReservationLines } from './reservation-lines.tsx';
import { TimeLimit } from './time-limit.tsx';
import { useCountdown } from './use-countdown.ts';

type Props = {
  hold: Hold;
  head: ReactNode;
  /** The one next action: to pay, or to sign in first. */
  action: ReactNode;
  onRelease: (() => void) | null;
  isReleasing: boolean;
  onForget: () => void;
};

/** The held seats on paper: their lines, the perforation that burns with the time, the next action. */
export function HoldStub({ hold, head, action, onRelease, isReleasing, onForget }: Props) {
  const { reservation } = hold;
  const countdown = useCountdown(reservation.expiresAt, reservation.ttlSeconds);
  const isOver = countdown.seconds === 0 || reservation.status !== 'RESERVED';
  return (
    <Stub>
      <StubPart bottom>{head}</StubPart>
      <Perforation />
      <StubPart top bottom className={`grid gap-3 p-5 ${isOver ? 'text-faded line-through' : ''}`}>
        <ReservationLines reservation={reservation} />
        <LeaderRow strong what="Seats" amount={formatMoney(reservation.totalCents, reservation.currency)} />
      </StubPart>
      <BurningPerforation share={isOver ? 0 : countdown.share} />
      <StubPart top className="grid gap-4 p-5 pt-4">
        {isOver ? (
          <>
            <p role="alert" className="text-sm">
              <strong className="block text-base">The time is over.</strong>
              Your seats were given back and nothing was charged. They may still be free: choose again.
            </p>
            <Button onClick={onForget}>Choose again</Button>
          </>
        ) : (
          <>
            <TimeLimit countdown={countdown} />
            {action}
            {onRelease !== null && (
              <button
                type="button"
                disabled={isReleasing}
                onClick={onRelease}
                className="justify-self-center text-sm text-faded underline underline-offset-4 hover:text-ink"
              >
                {isReleasing ? 'Giving them back…' : 'Give the seats back'}
              </button>
            )}
          </>
        )}
      </StubPart>
    </Stub>
  );
}
