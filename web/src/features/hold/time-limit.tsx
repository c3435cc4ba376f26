import { formatCountdown } from '../../shared/format/countdown.ts';
import { formatMoment } from '../../shared/format/dates.ts';
import type { Countdown } from './use-countdown.ts';

/** "Held for you until 20:14", with what is left beside it. */
export function TimeLimit({ countdown }: { countdown: Countdown }) {
  const isShort = countdown.seconds < 120;
  return (
    <div className="flex items-baseline justify-between gap-4">
      <p className="text-sm">
        Held for you until <time className="tabular font-semibold">{formatMoment(countdown.endsAtMs, isShort)}</time>
      </p>
      <p role="timer" aria-live="off" className="tabular text-lg font-semibold text-accent-ink">
        {formatCountdown(countdown.seconds)}
      </p>
      <p className="sr-only" aria-live="polite">
        {countdown.spoken}
      </p>
    </div>
  );
}
